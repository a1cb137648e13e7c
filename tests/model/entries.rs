//! What is done with mappings.

use super::datum::Datum;
use super::operation::{Answer, Operation, Refusal, Said, raises};
use super::thing::{Sort, Thing};

/// What an operation does with a mapping.
pub fn answer(thing: &mut Thing, operation: &Operation) -> Answer {
    use Operation::*;
    let text = |name: &str| Datum::Text(name.to_owned());
    match operation {
        GetItem(key) => get(thing, key),
        GetEntry(name) => get(thing, &text(name)),
        SetItem(key, value) => set(thing, key.clone(), value),
        SetEntry(name, value) => set(thing, text(name), value),
        Length => Ok(Said::Counts(thing.length())),
        Contains(key) => Ok(Said::Holds(thing.find(key).is_some())),
        Elements(iteration, _) => Ok(Said::Are(thing.elements(*iteration))),
        Truth => Ok(Said::Holds(thing.length() != 0)),
        Hash if thing.sort.is_host() => Ok(Said::Anything),
        Invoke(..) if thing.sort.is_host() => Err(Refusal::Unable),
        Invoke(name, values, named) => invoke(thing, name, values, named),
        _ => Err(Refusal::Unable),
    }
}

fn get(thing: &Thing, key: &Datum) -> Answer {
    match thing.find(key) {
        Some(at) => Ok(Said::Is(thing.entries[at].1.clone())),
        None => Err(Refusal::Missing),
    }
}

fn set(thing: &mut Thing, key: Datum, value: &Option<Datum>) -> Answer {
    match value {
        Some(value) => thing.put(key, value.clone()),
        None => {
            let Some(at) = thing.find(&key) else { return Err(Refusal::Missing) };
            thing.entries.remove(at);
            thing.changes += 1;
        }
    }
    Ok(Said::Nothing)
}

fn invoke(
    thing: &mut Thing,
    name: &str,
    values: &[Datum],
    named: &[(&'static str, Datum)],
) -> Answer {
    if name == "update" {
        return match values {
            [] => {
                for (name, value) in named {
                    thing.put(Datum::Text((*name).to_owned()), value.clone());
                }
                Ok(Said::Is(Datum::Null))
            }
            _ => Err(Refusal::Any),
        };
    }
    if !["get", "pop", "setdefault", "clear"].contains(&name) {
        return Err(Refusal::Missing);
    }
    if !named.is_empty() {
        return raises("TypeError");
    }
    match (name, values) {
        ("clear", []) => {
            thing.entries.clear();
            thing.changes += 1;
            Ok(Said::Is(Datum::Null))
        }
        ("get", [key, without @ ..]) => Ok(Said::Is(match thing.find(key) {
            Some(at) => thing.entries[at].1.clone(),
            None => without.first().cloned().unwrap_or(Datum::Null),
        })),
        ("setdefault", [key, without @ ..]) => {
            if thing.find(key).is_none() {
                let value = without.first().cloned().unwrap_or(Datum::Null);
                thing.put(key.clone(), value);
            }
            get(thing, key)
        }
        ("pop", [key, without @ ..]) => match thing.find(key) {
            Some(at) => {
                thing.changes += 1;
                Ok(Said::Is(thing.entries.remove(at).1))
            }
            None => match without.first() {
                Some(without) => Ok(Said::Is(without.clone())),
                None => raises("KeyError"),
            },
        },
        _ => raises("TypeError"),
    }
}

/// Whether attributes may be added to it.
pub fn takes_attributes(thing: &Thing) -> bool {
    thing.sort == Sort::OrderedDict
}
