//! What a visit is for, and for which vehicle.

use forecourt_domain::appointment::AppointmentKind;
use jiff::civil::DateTime;

use super::super::{
    super::{cars::Car, cues::visits as cues, lexicon::Term, offer::OfferKind, phrase::has_any, reading::Reading},
    Scene, Visit, VisitVehicle, beside,
};

/// A visit at that time.
pub(super) fn visit(scene: &Scene<'_>, starts_at: DateTime) -> Visit {
    let kind = kind(scene);
    let vehicle = vehicle(scene, kind);
    let note = match (kind, &vehicle) {
        (AppointmentKind::Service, _) => Some(scene.conversation.quoted(200)),
        (_, VisitVehicle::Stock(_)) => None,
        _ => scene
            .reading
            .cars
            .iter()
            .find(|car| !car.is_owned(&scene.reading.words))
            .map(|car| format!("Interested in: {}", car_label(car))),
    };
    Visit { kind, starts_at, vehicle, note }
}

fn car_label(car: &Car) -> String {
    let year = car.year.map(|year| year.to_string());
    let parts = [year, car.make.map(str::to_owned), car.model.map(str::to_owned), car.trim.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The vehicle a visit is for.
pub(super) fn vehicle(scene: &Scene<'_>, kind: AppointmentKind) -> VisitVehicle {
    if !matches!(kind, AppointmentKind::Sales | AppointmentKind::TestDrive) {
        return VisitVehicle::None;
    }
    let apart = beside::visit_and_wish(&scene.reading).map(|(visit, _)| visit);
    let reading = apart.as_ref().unwrap_or(&scene.reading);
    if let Some(stock) = reading.stocks.first() {
        return VisitVehicle::Stock(stock.clone());
    }
    let properties: Vec<Term> = reading.traits.iter().map(|hit| hit.term).collect();
    let by_property = scene.catalog.by_property(&properties, reading.exact_year());
    let cars: Vec<&Car> = reading.cars.iter().filter(|car| !car.is_owned(&reading.words)).collect();
    if let Some(car) = cars.first() {
        let shown = scene
            .catalog
            .matching(car)
            .filter(|shown| reading.traits.is_empty() || by_property.is_some_and(|other| other.stock == shown.stock));
        return shown.map_or(VisitVehicle::Found, |shown| VisitVehicle::Stock(shown.stock.clone()));
    }
    let slots_offered = matches!(scene.offer.kind, OfferKind::Slots(_));
    let placed = if slots_offered { Vec::new() } else { scene.catalog.by_place(&reading.words) };
    let picked = placed.first().copied().or(by_property);
    if picked.is_none() && !reading.traits.is_empty() {
        return VisitVehicle::Found;
    }
    picked
        .or_else(|| scene.catalog.current())
        .map_or(VisitVehicle::None, |shown| VisitVehicle::Stock(shown.stock.clone()))
}

/// What the visit is for: as said now, as arranged so far, else to see a vehicle.
pub(super) fn kind(scene: &Scene<'_>) -> AppointmentKind {
    if let Some(kind) = kind_said(&scene.reading) {
        return kind;
    }
    let arranging = scene.offer.arranges() || scene.offer.test_drive;
    if scene.offer.test_drive {
        return AppointmentKind::TestDrive;
    }
    let before = arranging.then(|| scene.earlier().iter().take(3).find_map(kind_said)).flatten();
    before.unwrap_or(AppointmentKind::Sales)
}

pub(super) fn kind_said(reading: &Reading) -> Option<AppointmentKind> {
    if has_any(&reading.pointed, cues::TEST_DRIVE) {
        Some(AppointmentKind::TestDrive)
    } else if reading.has(cues::SERVICE) {
        Some(AppointmentKind::Service)
    } else if reading.has(cues::DELIVERY) {
        Some(AppointmentKind::Delivery)
    } else {
        None
    }
}
