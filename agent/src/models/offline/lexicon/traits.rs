//! What else customers ask a vehicle to be: condition, body, drivetrain, fuel, transmission, colour.

use forecourt_domain::vehicle::{Body, Condition, Drivetrain, Fuel, Transmission};

/// One property and the phrases that name it.
pub(super) type Names<T> = &'static [(T, &'static [&'static str])];

pub(super) const CONDITIONS: Names<Condition> = &[
    (Condition::Certified, &["certified pre owned", "certified used", "certified preowned", "certified", "cpo"]),
    (Condition::New, &["brand new", "new"]),
    (Condition::Used, &["pre owned", "second hand", "used"]),
];

pub(super) const BODIES: Names<Body> = &[
    (Body::Sedan, &["sedan", "4 door sedan", "four door car", "saloon", "4 door car"]),
    (Body::Suv, &["suv", "crossover", "cross over", "sport utility vehicle", "sport utility", "sport ute", "cuv"]),
    (
        Body::Truck,
        &[
            "pickup truck",
            "pick up truck",
            "truck",
            "trk",
            "pickup",
            "pick em up",
            "crew cab",
            "crewcab",
            "extended cab",
            "quad cab",
            "double cab",
            "king cab",
        ],
    ),
    (Body::Coupe, &["coupe", "two door", "2 door", "2dr", "sports car"]),
    (Body::Hatchback, &["hatchback", "hatch back", "hatch", "5 door", "five door"]),
    (Body::Wagon, &["station wagon", "wagon", "estate", "estate car", "shooting brake"]),
    (
        Body::Van,
        &["minivan", "mini van", "cargo van", "passenger van", "work van", "people mover", "people carrier", "van"],
    ),
    (
        Body::Convertible,
        &["convertible", "cabriolet", "cabrio", "drop top", "droptop", "roadster", "ragtop", "rag top", "spyder"],
    ),
];

pub(super) const DRIVETRAINS: Names<Drivetrain> = &[
    (
        Drivetrain::Awd,
        &["awd", "all wheel drive", "all wheel", "allwheel", "quattro", "xdrive", "4matic", "4 motion", "4motion"],
    ),
    (
        Drivetrain::FourWd,
        &[
            "4wd",
            "4x4",
            "4 x 4",
            "four wheel drive",
            "4 wheel drive",
            "four by four",
            "4 by 4",
            "4 wheel",
            "four wheel",
        ],
    ),
    (Drivetrain::Fwd, &["fwd", "front wheel drive", "front wheel"]),
    (Drivetrain::Rwd, &["rwd", "rear wheel drive", "rear wheel"]),
];

pub(super) const FUELS: Names<Fuel> = &[
    (Fuel::PlugInHybrid, &["plug in hybrid", "plugin hybrid", "phev", "phevs", "plug in", "plug ins", "plugin"]),
    (Fuel::Hybrid, &["hybrid", "hev"]),
    (
        Fuel::Electric,
        &[
            "all electric",
            "fully electric",
            "full electric",
            "purely electric",
            "pure electric",
            "electric",
            "ev",
            "evs",
            "bev",
            "battery powered",
            "zero emission",
        ],
    ),
    (Fuel::Diesel, &["diesel", "tdi", "duramax", "cummins"]),
    (Fuel::Gasoline, &["gasoline", "gas powered", "gas engine", "gas only", "regular gas", "petrol", "non hybrid"]),
];

pub(super) const TRANSMISSIONS: Names<Transmission> = &[
    (
        Transmission::Manual,
        &[
            "stick shift",
            "manual transmission",
            "manual",
            "stick",
            "standard transmission",
            "stickshift",
            "three pedals",
            "3 pedals",
            "six speed",
            "6 speed",
            "5 speed",
            "five speed",
        ],
    ),
    (Transmission::Cvt, &["cvt"]),
    (Transmission::Automatic, &["automatic transmission", "automatic"]),
];

/// Colours as customers group them; a vehicle's own colour name usually contains the group.
pub(super) const COLORS: Names<&'static str> = &[
    ("black", &["black", "onyx", "blk"]),
    ("white", &["white", "wht", "ivory"]),
    ("silver", &["silver"]),
    ("gray", &["gray", "charcoal", "gunmetal", "graphite", "slate"]),
    ("red", &["red", "maroon", "burgundy", "crimson", "cherry"]),
    ("blue", &["blue", "navy blue", "sky blue", "navy", "teal", "turquoise", "aqua"]),
    ("green", &["green", "olive", "emerald"]),
    ("brown", &["brown", "bronze"]),
    ("beige", &["beige", "tan", "cream", "champagne", "sand colored"]),
    ("gold", &["gold"]),
    ("orange", &["orange"]),
    ("yellow", &["yellow"]),
    ("purple", &["purple", "violet", "plum"]),
];
