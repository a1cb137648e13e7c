//! Equality, order and hash.

use std::ffi::c_int;

use super::{answer, base, class, fields, slot};
use crate::error::Status;
use crate::object::{Capabilities, Comparison};
use crate::python::api::Object;
use crate::python::object::PyRef;
use crate::python::support;
use crate::python::upcall::lent_value::LentValue;

/// `Py_tp_richcompare`.
pub(super) unsafe extern "C-unwind" fn compare(
    one: Object,
    other: Object,
    operator: c_int,
) -> Object {
    // SAFETY: Python calls this with a proxy and any object, holding the GIL.
    unsafe {
        slot(one, |gil, known| {
            let equality = matches!(operator, 2 | 3);
            if known.protocol.is_none() || known.is_released() {
                let same = || class::is(gil.api, other).then(|| known.is_same(fields(other)));
                return Ok(base::compared(gil, (one, other), operator, same));
            }
            let not_implemented = || PyRef::new_reference(gil, gil.api._Py_NotImplementedStruct);
            if !equality && !known.capabilities.has(Capabilities::ORDER) {
                return Ok(not_implemented());
            }
            let with = LentValue::new(gil, other)?;
            let comparison = [
                Comparison::Less,
                Comparison::LessOrEqual,
                Comparison::Equal,
                Comparison::NotEqual,
                Comparison::Greater,
                Comparison::GreaterOrEqual,
            ][operator as usize];
            let compared = known
                .use_object(gil, |key, protocol| protocol.compare(key, comparison, with.get()));
            match compared {
                Ok(holds) => Ok(support::truth(gil, holds)),
                Err(failed) if failed.status() == Status::Unsupported => Ok(not_implemented()),
                Err(failed) => Err(failed),
            }
        })
    }
}

/// `Py_tp_hash`.
pub(super) unsafe extern "C-unwind" fn hash(object: Object) -> isize {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        answer(object, -1, |gil, fields| {
            let hash = match fields.protocol {
                Some(_) => fields.use_object(gil, |key, protocol| protocol.hash(key))?,
                None => fields.identity,
            };
            Ok(base::hash_of(hash))
        })
    }
}
