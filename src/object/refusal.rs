//! What is said where an object cannot do what is asked of it.

use super::{Capabilities, of};
use crate::error::Error;
use crate::handle::{self, Key};

/// Why an object cannot do what one of `wanted` is needed for.
#[cold]
pub fn refuse(object: Key, wanted: Capabilities) -> Error {
    let cannot = match (wanted.deeds(), wanted.natures()) {
        (deeds, natures) if deeds.is_empty() => natures.map(|natures| format!("is not {natures}")),
        (deeds, _) => Some(format!("cannot {}", deeds.replace(", ", " or "))),
    };
    refuse_saying(object, wanted, cannot)
}

/// Why an object cannot be sliced.
#[cold]
pub fn refuse_slice(object: Key) -> Error {
    refuse_saying(object, Capabilities::READ_ITEMS, Some("cannot be sliced".to_owned()))
}

/// Why an object does not tell its type.
#[cold]
pub fn refuse_type(object: Key) -> Error {
    refuse_saying(object, Capabilities::TYPE, Some("cannot tell its type".to_owned()))
}

fn refuse_saying(object: Key, wanted: Capabilities, cannot: Option<String>) -> Error {
    let described =
        handle::describe_object(object, |object| (object.type_name(), object.runtime().to_owned()));
    let (r#type, runtime) = match described {
        Ok(described) => described,
        Err(stale) => return stale,
    };
    let able = of_known(object, wanted).deeds();
    let can = if able.is_empty() { "only be passed on".to_owned() } else { able };
    let message = match cannot {
        None => format!("an object of type {type} can {can}"),
        Some(cannot) => format!("an object of type {type} {cannot}; it can {can}"),
    };
    Error::unsupported(message).in_runtime(&runtime)
}

/// What an object can do, without asking what has no protocol.
fn of_known(object: Key, wanted: Capabilities) -> Capabilities {
    match wanted == Capabilities::NONE {
        true => Capabilities::NONE,
        false => of(object).and_then(|found| found.capabilities(object)).unwrap_or_default(),
    }
}
