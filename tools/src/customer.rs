//! The tools of a turn with a customer, one file each.

mod book_appointment;
mod cancel_appointment;
mod compare_vehicles;
mod escalate_to_human;
mod get_dealership_info;
mod get_vehicle;
mod list_appointment_slots;
mod list_my_appointments;
mod reschedule_appointment;
mod search_inventory;
mod update_customer_profile;
mod update_lead;

pub use book_appointment::BookAppointment;
pub use cancel_appointment::CancelAppointment;
pub use compare_vehicles::CompareVehicles;
pub use escalate_to_human::EscalateToHuman;
pub use get_dealership_info::GetDealershipInfo;
pub use get_vehicle::GetVehicle;
pub use list_appointment_slots::ListAppointmentSlots;
pub use list_my_appointments::ListMyAppointments;
pub use reschedule_appointment::RescheduleAppointment;
pub use search_inventory::SearchInventory;
pub use update_customer_profile::UpdateCustomerProfile;
pub use update_lead::UpdateLead;
