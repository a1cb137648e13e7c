//! What is done with attributes, and with things that have nothing else.

use super::datum::Datum;
use super::entries;
use super::operation::{Answer, Operation, Refusal, Said, raises};
use super::thing::{Sort, Thing};

/// Whether any attribute may be written.
fn is_open(thing: &Thing) -> bool {
    let sorts = [Sort::Namespace, Sort::Properties, Sort::Point, Sort::HostRecord];
    sorts.contains(&thing.sort) || entries::takes_attributes(thing)
}

/// Whether there is such an attribute, which is no function.
pub fn is_there(thing: &Thing, name: &str) -> bool {
    thing.attribute(name).is_some()
}

/// Reads one.
pub fn get(thing: &Thing, name: &str) -> Answer {
    if matches!(thing.sort, Sort::HostList | Sort::HostMap) {
        return Err(Refusal::Unable);
    }
    let found = thing.attribute(name).map(|at| Ok(Said::Is(thing.attributes[at].1.clone())));
    if thing.sort == Sort::Properties {
        match (name, &found) {
            ("x", _) => {
                let x = thing.attribute("_x");
                return match x {
                    Some(at) => Ok(Said::Is(thing.attributes[at].1.clone())),
                    None => raises("AttributeError"),
                };
            }
            ("broken", _) => return raises("RuntimeError"),
            ("lost", _) => return raises("AttributeError"),
            ("fixed", None) => return Ok(Said::Is(Datum::Int(7))),
            _ => {}
        }
    }
    found.unwrap_or(Err(Refusal::Missing))
}

/// Writes one, or deletes it.
pub fn set(thing: &mut Thing, name: &str, value: Option<Datum>) -> Answer {
    if !is_open(thing) {
        return Err(Refusal::Unable);
    }
    if thing.sort == Sort::Properties {
        match (name, &value) {
            ("x", Some(Datum::Null)) => return raises("ValueError"),
            ("x", Some(value)) => {
                thing.set("_x", value.clone());
                return Ok(Said::Nothing);
            }
            ("x" | "broken" | "lost", _) => return raises("AttributeError"),
            ("fixed", None) if thing.attribute(name).is_none() => return Err(Refusal::Any),
            _ => {}
        }
    }
    match (value, thing.attribute(name)) {
        (Some(value), _) => thing.set(name, value),
        (None, Some(at)) => drop(thing.attributes.remove(at)),
        (None, None) => return Err(Refusal::Missing),
    }
    Ok(Said::Nothing)
}

/// What an operation does with a thing that has nothing but attributes.
pub fn answer(thing: &mut Thing, operation: &Operation) -> Answer {
    match operation {
        Operation::Truth => Ok(Said::Holds(true)),
        Operation::Hash if matches!(thing.sort, Sort::Properties | Sort::HostRecord) => {
            Ok(Said::Anything)
        }
        Operation::Invoke(name, ..) if thing.sort == Sort::Properties => match get(thing, name) {
            Ok(_) => raises("TypeError"),
            failure => failure,
        },
        Operation::Invoke(name, ..) if is_there(thing, name) => Err(Refusal::Unable),
        Operation::Invoke(..) => Err(Refusal::Missing),
        _ => Err(Refusal::Unable),
    }
}
