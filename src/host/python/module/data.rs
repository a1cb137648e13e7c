//! Data of types that a module's language spells, made from Python.

use std::ffi::c_void;
use std::ptr;

use super::{CLASS, content, types};
use crate::error::{Error, Result};
use crate::host::python::argument_parser::text;
use crate::host::python::data::{DataTable, TableRef, cast as casts, make};
use crate::host::python::trampoline::trampoline;
use crate::python::api::{Api, METH_FASTCALL, METH_KEYWORDS, METH_O, Object, PyMethodDef};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::method;
use crate::python::support;

/// How many types a module remembers by their texts.
const MOST: isize = 1000;

/// The methods of `libmetaffi.Module` about data.
pub(super) fn methods() -> Vec<PyMethodDef> {
    const FAST: std::ffi::c_int = METH_FASTCALL | METH_KEYWORDS;
    vec![
        method(
            c"new",
            new as *const c_void,
            FAST,
            c"new($self, type, initial=None)\n--\n\n\
              A new object of a type as the module's language spells it: zero, or made of a number, \
              text, bytes, a list, or a dict of fields.",
        ),
        method(
            c"cast",
            cast as *const c_void,
            FAST,
            c"cast($self, type, object)\n--\n\nAn object seen as another type.",
        ),
        method(
            c"sizeof",
            size_of as *const c_void,
            METH_O,
            c"sizeof($self, type, /)\n--\n\nBytes of a value of a type.",
        ),
        method(
            c"address",
            address as *const c_void,
            FAST,
            c"address($self, object, path='')\n--\n\nA pointer to an object, or to the part at a path.",
        ),
    ]
}

/// The two arguments of a function, borrowed; NULL for one that is not given.
///
/// # Safety
/// Python's arguments, under the GIL.
unsafe fn two(
    gil: &Gil,
    names: [&str; 2],
    required: usize,
    (given, count, keywords): (*const Object, isize, Object),
) -> Result<[Object; 2]> {
    let mut found = [ptr::null_mut(); 2];
    let count = count.cast_unsigned();
    // SAFETY: so many arguments, and those of the keywords behind them.
    unsafe {
        if count > 2 {
            return Err(Error::invalid(format!("{count} arguments given, but it takes 2")));
        }
        for (index, place) in found.iter_mut().enumerate().take(count) {
            *place = *given.add(index);
        }
        let named = if keywords.is_null() { 0 } else { (gil.api.PyTuple_Size)(keywords) };
        for index in 0..named {
            let keyword = (gil.api.PyTuple_GetItem)(keywords, index);
            let keyword = text(gil, &PyRef::new_reference(gil, keyword), "a keyword")?;
            let place = names.iter().position(|name| *name == keyword);
            let Some(place) = place.filter(|place| found[*place].is_null()) else {
                return Err(Error::invalid(format!("{keyword}: no such argument, or given twice")));
            };
            found[place] = *given.add(count + index.cast_unsigned());
        }
        if let Some(missing) = (0..required).find(|index| found[*index].is_null()) {
            return Err(Error::invalid(format!("{} is not given", names[missing])));
        }
    }
    Ok(found)
}

/// The table that a module remembers for the text of a type; `None` needs a closer look.
///
/// # Safety
/// `module` is an instance, `type` alive, and the GIL is held. The table is borrowed from the
/// module, which may forget it when Python runs.
#[inline(always)]
unsafe fn remembered<'a>(api: &Api, module: Object, r#type: Object) -> Option<&'a DataTable> {
    // SAFETY: as above; there is no instance without the class.
    unsafe {
        if api.type_of(r#type) != api.PyUnicode_Type {
            return None;
        }
        let types = (*CLASS.get()?.fields(module)).types.get()?;
        let found = (api.PyDict_GetItemWithError)(types.as_ptr(), r#type);
        if found.is_null() { None } else { TableRef::in_object(found) }
    }
}

/// The table of a type: found by its text in what the module remembers, or made. `None` of a type
/// without values.
///
/// # Safety
/// `module` is an instance, `type` alive.
#[inline(always)]
unsafe fn known(gil: &Gil, module: Object, r#type: Object) -> Result<Option<TableRef>> {
    // SAFETY: as above.
    unsafe {
        match remembered(gil.api, module, r#type) {
            Some(table) => Ok(Some(table.to_ref(gil.api))),
            None => find(gil, module, r#type),
        }
    }
}

#[cold]
unsafe fn find(gil: &Gil, module: Object, r#type: Object) -> Result<Option<TableRef>> {
    // SAFETY: as for `known`.
    unsafe {
        let spelled = text(gil, &PyRef::new_reference(gil, r#type), "type")?;
        let Some(layout) = content(gil, module)?.layout(&spelled)? else { return Ok(None) };
        let table = DataTable::of(gil, &layout)?;
        let kept = table.to_ref(gil.api).into_object();
        let types = types(gil, module)?;
        if (gil.api.PyDict_Size)(types) >= MOST {
            (gil.api.PyDict_Clear)(types);
        }
        if (gil.api.PyDict_SetItem)(types, r#type, kept.as_ptr()) != 0 {
            return Err(error::fetch(gil));
        }
        Ok(Some(table))
    }
}

/// The table of a type that has values.
unsafe fn with_values(gil: &Gil, module: Object, r#type: Object) -> Result<TableRef> {
    // SAFETY: as for `known`.
    unsafe {
        match known(gil, module, r#type)? {
            Some(table) => Ok(table),
            None => Err(no_values(gil, module, r#type)),
        }
    }
}

#[cold]
unsafe fn no_values(gil: &Gil, module: Object, r#type: Object) -> Error {
    // SAFETY: as for `known`.
    unsafe {
        let spelled = match text(gil, &PyRef::new_reference(gil, r#type), "type") {
            Ok(spelled) => spelled,
            Err(error) => return error,
        };
        match content(gil, module).and_then(|module| module.size_of(&spelled)) {
            Err(error) => error,
            Ok(_) => {
                Error::mismatch(format!("there are no values of `{spelled}`; cast to a pointer"))
            }
        }
    }
}

unsafe extern "C-unwind" fn new(
    module: Object,
    given: *const Object,
    count: isize,
    keywords: Object,
) -> Object {
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let arguments = (given, count, keywords);
            let [r#type, initial] = two(gil, ["type", "initial"], 1, arguments)?;
            let table = with_values(gil, module, r#type)?;
            if initial.is_null() || initial == gil.api._Py_NoneStruct {
                return make::new(gil, &table, None);
            }
            let initial = PyRef::new_reference(gil, initial);
            make::new(gil, &table, Some(&initial)).map_err(|error| error.at("initial"))
        })
    }
}

unsafe extern "C-unwind" fn cast(
    module: Object,
    given: *const Object,
    count: isize,
    keywords: Object,
) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL.
    unsafe {
        if count == 2
            && keywords.is_null()
            && let Some(table) = remembered(api, module, *given)
            && let Some(made) = casts::cast_pointer(api, table, *given.add(1))
        {
            return made;
        }
        cast_other(module, given, count, keywords)
    }
}

#[inline(never)]
unsafe fn cast_other(
    module: Object,
    given: *const Object,
    count: isize,
    keywords: Object,
) -> Object {
    // SAFETY: as for `cast`.
    unsafe {
        trampoline(|gil| {
            let arguments = (given, count, keywords);
            let [r#type, object] = two(gil, ["type", "object"], 2, arguments)?;
            let table = with_values(gil, module, r#type)?;
            let object = PyRef::new_reference(gil, object);
            if let Some(made) = casts::cast(gil, &table, &object)? {
                return Ok(made);
            }
            // Numbers, as the language converts them.
            let r#type = text(gil, &PyRef::new_reference(gil, r#type), "type")?;
            let content = content(gil, module)?;
            casts::cast_by_handle(gil, &object, |key| content.cast_object(key, &r#type))
        })
    }
}

unsafe extern "C-unwind" fn size_of(module: Object, r#type: Object) -> Object {
    let Some(api) = Api::get() else { return ptr::null_mut() };
    // SAFETY: Python calls this with an instance and an argument, holding the GIL.
    unsafe {
        match remembered(api, module, r#type) {
            Some(table) if !table.is_unsized() => {
                (api.PyLong_FromLongLong)(table.size.cast_signed() as i64)
            }
            _ => size_of_other(module, r#type),
        }
    }
}

#[inline(never)]
unsafe fn size_of_other(module: Object, r#type: Object) -> Object {
    // SAFETY: as for `size_of`.
    unsafe {
        trampoline(|gil| match known(gil, module, r#type)? {
            Some(table) if !table.is_unsized() => support::int(gil, table.layout.size as u64),
            _ => {
                let r#type = text(gil, &PyRef::new_reference(gil, r#type), "type")?;
                support::int(gil, content(gil, module)?.size_of(&r#type)? as u64)
            }
        })
    }
}

unsafe extern "C-unwind" fn address(
    _: Object,
    given: *const Object,
    count: isize,
    keywords: Object,
) -> Object {
    // SAFETY: Python calls this with an instance and its arguments, holding the GIL.
    unsafe {
        trampoline(|gil| {
            let arguments = (given, count, keywords);
            let [object, path] = two(gil, ["object", "path"], 1, arguments)?;
            let path = match path.is_null() {
                true => None,
                false => Some(text(gil, &PyRef::new_reference(gil, path), "path")?),
            };
            casts::address(gil, object, path.as_deref())
        })
    }
}
