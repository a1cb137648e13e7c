//! [`CallValues`]: how the values of a call are given, compiled once for all functions that are called
//! alike.

use std::any::Any;
use std::sync::{Arc, Weak};

use super::MOST;
use super::argument::Argument;
use crate::call::{Function, GivenObject, Passing};
use crate::host::python::data::{self, DataTable, TableRef};
use crate::object::layout::Layout;
use crate::python::api::Api;
use crate::python::convert;
use crate::python::lifecycle::gil::Gil;
use crate::signature::Kind;

/// How the values of a call are given.
pub(super) struct CallValues {
    pub(super) api: &'static Api,
    pub(super) arguments: Box<[Argument]>,
    pub(super) returned: Returned,
}

/// What comes back.
pub(super) enum Returned {
    /// A number of this kind; null for nothing.
    Number(Kind),
    /// The unit of a character, which may be none by itself.
    Char,
    /// The address of text.
    Text,
    /// A pointer to data; NULL is `None`.
    Pointer(TableRef),
    /// Data, whose bytes are where the slots are.
    Words(TableRef),
    /// Data in so many bytes.
    Bytes { table: TableRef, room: usize },
}

impl CallValues {
    /// Those of calls of a function, as long as somebody has them; `None` if only the slow way knows.
    pub(super) fn of(gil: &Gil, function: &Function) -> Option<Arc<CallValues>> {
        let Some(place) = function.callee().host() else {
            return CallValues::new(gil, function).map(Arc::new);
        };
        let known = place.lock().upgrade().and_then(|known| known.downcast().ok());
        if known.is_some() {
            return known;
        }
        let made = Arc::new(CallValues::new(gil, function)?);
        let shared: Weak<dyn Any + Send + Sync> = Arc::downgrade(&(made.clone() as Arc<_>));
        *place.lock() = shared;
        Some(made)
    }

    fn new(gil: &Gil, function: &Function) -> Option<CallValues> {
        let callee = function.callee();
        let params = function.param_types().iter().enumerate();
        let arguments: Box<[Argument]> = params
            .map(|(index, info)| Argument::new(info, callee, index))
            .collect::<Option<_>>()?;
        let returned = match (function.return_types(), callee.returning()) {
            ([], _) => Returned::Number(Kind::Null),
            ([info], Passing::Slots) => match info.r#type.kind() {
                Kind::Char8 => Returned::Char,
                kind if convert::is_number(kind) => Returned::Number(kind),
                _ => return None,
            },
            ([_], Passing::Text) => Returned::Text,
            ([_], Passing::Object { layout, given }) => {
                let table = DataTable::of(gil, &layout.downcast::<Layout>().ok()?).ok()?;
                match given {
                    GivenObject::Address => Returned::Pointer(table),
                    GivenObject::Words => Returned::Words(table),
                    GivenObject::Room(room) => {
                        Returned::Bytes { table, room: room.max(data::make::SMALL) }
                    }
                }
            }
            _ => return None,
        };
        let words: usize = arguments.iter().map(Argument::word_count).sum();
        (words <= MOST).then_some(CallValues { api: gil.api, arguments, returned })
    }
}
