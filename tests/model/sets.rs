//! What is done with sets.

use metaffi::object::Iteration;

use super::datum::{Datum, is_among};
use super::operation::{Answer, Operation, Refusal, Said, raises};
use super::thing::{Sort, Thing};

/// What an operation does with a set.
pub fn answer(thing: &mut Thing, operation: &Operation) -> Answer {
    use Operation::*;
    match operation {
        Length => Ok(Said::Counts(thing.length())),
        Contains(value) => Ok(Said::Holds(is_among(value, &thing.items))),
        Elements(Iteration::Itself, _) => Ok(Said::AreAmong(thing.items.clone())),
        Truth => Ok(Said::Holds(thing.length() != 0)),
        Hash if thing.sort == Sort::FrozenSet => Ok(Said::Anything),
        Invoke(name, values, named) => {
            let names: &[&str] = match thing.sort {
                Sort::Set => &["add", "discard", "remove", "clear", "pop"],
                _ => &[],
            };
            match names.contains(name) {
                true if !named.is_empty() => raises("TypeError"),
                true => invoke(thing, name, values),
                false => Err(Refusal::Missing),
            }
        }
        _ => Err(Refusal::Unable),
    }
}

fn invoke(thing: &mut Thing, name: &str, values: &[Datum]) -> Answer {
    match (name, values) {
        ("add", [value]) => {
            if !is_among(value, &thing.items) {
                thing.items.push(value.clone());
            }
        }
        ("discard" | "remove", [value]) => {
            match thing.items.iter().position(|one| one.equals(value)) {
                Some(at) => drop(thing.items.remove(at)),
                None if name == "remove" => return raises("KeyError"),
                None => {}
            }
        }
        ("clear", []) => thing.items.clear(),
        ("pop", []) if thing.items.is_empty() => return raises("KeyError"),
        ("pop", []) if thing.items.len() == 1 => {
            return Ok(Said::Is(thing.items.remove(0)));
        }
        // Which one is taken is not known: such a set is left as it is.
        ("pop", []) => return Ok(Said::Anything),
        _ => return raises("TypeError"),
    }
    thing.changes += 1;
    Ok(Said::Is(Datum::Null))
}
