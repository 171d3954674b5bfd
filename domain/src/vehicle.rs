//! What is on the lot.

text_enum! {
    pub enum Condition { New = "new", Used = "used", Certified = "certified" }
}

text_enum! {
    pub enum VehicleStatus { Available = "available", Pending = "pending", Sold = "sold" }
}

text_enum! {
    pub enum Body {
        Sedan = "sedan",
        Suv = "suv",
        Truck = "truck",
        Coupe = "coupe",
        Hatchback = "hatchback",
        Wagon = "wagon",
        Van = "van",
        Convertible = "convertible",
    }
}

text_enum! {
    pub enum Drivetrain { Fwd = "fwd", Rwd = "rwd", Awd = "awd", FourWd = "4wd" }
}

text_enum! {
    pub enum Fuel { Gasoline = "gasoline", Hybrid = "hybrid", PlugInHybrid = "plug_in_hybrid", Electric = "electric", Diesel = "diesel" }
}

text_enum! {
    pub enum Transmission { Automatic = "automatic", Manual = "manual", Cvt = "cvt" }
}
