//! Arguments by name.

use super::{PassMode, SameRuntimePlan, finish, pass_mode, release};
use crate::call::{MAX_SLOTS, with_stack};
use crate::host::python::call;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::lifecycle::gil::Gil;
use crate::python::upcall::binder::VectorcallArguments;
use crate::signature::Kind;

/// Calls with arguments by name, each of which is passed as it is or as a copy; where one has to be
/// converted, all go the general way. What the names mean is the function's own affair, and so are
/// the defaults of what is not given.
///
/// # Safety
/// The arguments are those of a vectorcall of the entity, whose plan it is, under the GIL.
#[inline(never)]
pub(super) unsafe fn call(
    api: &'static Api,
    entity: Object,
    plan: &SameRuntimePlan,
    (given, count, names): (*const Object, usize, Object),
) -> Object {
    // SAFETY: the arguments are those of a vectorcall of the entity, under the GIL; there is room for
    // them and the place before them, and each is a reference of ours.
    unsafe {
        let gil = Gil::assume(api);
        let arguments = VectorcallArguments::new(given, count, names);
        let all = arguments.count + arguments.named(&gil);
        let too_many = arguments.count > plan.params.len() && !plan.is_variadic;
        if too_many || all >= MAX_SLOTS || !plan.target.takes_keywords(arguments.count) {
            return call::call_entity(entity, given, count, names);
        }
        with_stack(all + 1, |objects: *mut Object| {
            let objects = objects.add(1);
            for index in 0..all {
                let object = *given.add(index);
                let kind = match index.checked_sub(arguments.count) {
                    None => plan.params.get(index).copied().unwrap_or(Kind::Any),
                    Some(named) => plan.kind_of(&gil, arguments, named),
                };
                let taken = match pass_mode(api, object, kind) {
                    PassMode::Same => {
                        api.incref(object);
                        object
                    }
                    PassMode::Copy(copy) => copy,
                    PassMode::Converted => {
                        release(api, objects, index);
                        return call::call_entity(entity, given, count, names);
                    }
                };
                *objects.add(index) = taken;
            }
            let count = arguments.count | PY_VECTORCALL_ARGUMENTS_OFFSET;
            let result = plan.target.call_named(api, objects, count, names);
            release(api, objects, all);
            finish(api, plan, result)
        })
    }
}

impl SameRuntimePlan {
    /// What the function declares for the argument by name at an index; any where it declares nothing.
    unsafe fn kind_of(&self, gil: &Gil, arguments: VectorcallArguments, index: usize) -> Kind {
        // SAFETY: keyword names are a tuple of `str`, under the GIL.
        let name = unsafe {
            let name = (gil.api.PyTuple_GetItem)(arguments.names, index.cast_signed());
            gil.api.utf8(name).map(|(data, length)| std::slice::from_raw_parts(data, length))
        };
        let is = |known: &Option<Box<str>>| known.as_deref().map(str::as_bytes) == name;
        let known = self.names.iter().skip(arguments.count).position(is);
        match (known, name) {
            (Some(known), Some(_)) => self.params[arguments.count + known],
            _ => Kind::Any,
        }
    }
}
