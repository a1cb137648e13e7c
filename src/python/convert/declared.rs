//! What a plain function declares, where that is seen from its code and its annotations: no more of
//! Python is run than what makes those. Everything else is found out by the support package.

use super::inferred::FunctionDeclaration;
use crate::error::Result;
use crate::python::api::{Api, Object};
use crate::python::lifecycle::gil::Gil;
use crate::python::object::name::Name;
use crate::python::object::{PyRef, text_of, type_name};
use crate::signature::{Kind, Parameter, Signature, Type, TypeInfo};

/// Bits of `co_flags`.
const VARARGS: i64 = 0x4;
const COROUTINE: i64 = 0x80;
const ASYNC_GENERATOR: i64 = 0x200;

static ARGUMENT_COUNT: Name = Name::new(c"co_argcount");
static FLAGS: Name = Name::new(c"co_flags");
static VARIABLE_NAMES: Name = Name::new(c"co_varnames");
static TEXT_SIGNATURE: Name = Name::new(c"__text_signature__");
static RETURN: Name = Name::new(c"return");

/// The signature of a plain function, which is a method of that name of the class `owner` if there is
/// one; `None` if that is not seen.
pub fn declared(
    gil: &Gil,
    function: &PyRef,
    owner: Option<(&PyRef, &PyRef)>,
) -> Result<Option<FunctionDeclaration>> {
    let api = gil.api;
    // SAFETY: live objects under the GIL; what is borrowed is the function's own.
    unsafe {
        if api.type_of(function.as_ptr()) != api.PyFunction_Type || has_attributes(gil, function) {
            return Ok(None);
        }
        if let Some((class, name)) = owner
            && api
                ._PyType_Lookup
                .is_none_or(|look| look(class.as_ptr(), name.as_ptr()) != function.as_ptr())
        {
            // A static method, or one that another class makes.
            return Ok(None);
        }
        let code = PyRef::new_reference(gil, (api.PyFunction_GetCode)(function.as_ptr()));
        let number = |name: &Name| {
            let found = code.named(gil, name)?;
            Ok((api.PyLong_AsLongLong)(found.as_ptr()))
        };
        let (count, flags) = (number(&ARGUMENT_COUNT)?, number(&FLAGS)?);
        let names = code.named(gil, &VARIABLE_NAMES)?;
        let defaults = (api.PyFunction_GetDefaults)(function.as_ptr());
        let with_default = match defaults.is_null() || defaults == api._Py_NoneStruct {
            true => 0,
            false => (api.PyTuple_Size)(defaults) as i64,
        };
        let annotations = (api.PyFunction_GetAnnotations)(function.as_ptr());
        if annotations.is_null() && !(api.PyErr_Occurred)().is_null() {
            (api.PyErr_Clear)();
            return Ok(None);
        }
        let hints = Hints { gil, annotations };
        let mut params = Vec::with_capacity(count as usize);
        for index in 0..count {
            if let (0, Some((class, _))) = (index, owner) {
                params.push(of_owner(gil, class));
                continue;
            }
            let name = (api.PyTuple_GetItem)(names.as_ptr(), index as isize);
            let Some(info) = hints.info(name) else { return Ok(None) };
            let default = index - (count - with_default);
            // Before 3.11, a default of None makes an annotation optional.
            if default >= 0
                && info.r#type.kind() != Kind::Any
                && !api.version.at_least(3, 11)
                && (api.PyTuple_GetItem)(defaults, default as isize) == api._Py_NoneStruct
            {
                return Ok(None);
            }
            let name = text_of(gil, &PyRef::new_reference(gil, name))?;
            params.push(Parameter { name: Some(name.into()), info });
        }
        if owner.is_some() && params.is_empty() {
            return Ok(None);
        }
        let returns = match flags & (COROUTINE | ASYNC_GENERATOR) {
            0 => hints.info(RETURN.get(gil)?.as_ptr()),
            // What it is annotated with comes when it is awaited.
            _ => Some(Kind::Any.into()),
        };
        let Some(returned) = returns else { return Ok(None) };
        let returns = Some(returned).filter(|info| info.r#type.kind() != Kind::Null);
        let signature = Signature {
            params,
            returns: returns.into_iter().collect(),
            variadic: flags & VARARGS != 0,
        };
        Ok(Some((signature, (count - with_default) as usize)))
    }
}

/// What a built-in function takes, of which only the names are seen: all of it is any. `None` of
/// anything else.
pub fn names_of_builtin(gil: &Gil, function: &PyRef) -> Result<Option<FunctionDeclaration>> {
    // SAFETY: a live object.
    if unsafe { gil.api.type_of(function.as_ptr()) } != gil.api.PyCFunction_Type {
        return Ok(None);
    }
    let text = match function.find_attribute(gil, &TEXT_SIGNATURE)? {
        // SAFETY: a live object.
        Some(text) if unsafe { gil.api.type_of(text.as_ptr()) } == gil.api.PyUnicode_Type => {
            text_of(gil, &text)?
        }
        _ => String::new(),
    };
    let is_name =
        |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let params: Vec<Parameter> = text
        .trim_start_matches('(')
        .trim_end_matches(')')
        .split(',')
        .map(|param| param.split(['=', ':']).next().unwrap_or_default().trim())
        // The object of a method, and what says that those before it have no names to callers.
        .filter(|name| !name.starts_with('$') && *name != "/")
        .take_while(is_name)
        .map(|name| Parameter { name: Some(name.into()), info: Kind::Any.into() })
        .collect();
    let required = params.len();
    Ok(Some((Signature { params, returns: vec![Kind::Any.into()], variadic: true }, required)))
}

/// Whether something has been set on a function, which may say what it takes.
fn has_attributes(gil: &Gil, function: &PyRef) -> bool {
    // SAFETY: a live dict under the GIL.
    function.dict(gil).is_some_and(|dict| unsafe { (gil.api.PyDict_Size)(dict) != 0 })
}

/// The object of a method.
fn of_owner(gil: &Gil, class: &PyRef) -> Parameter {
    // SAFETY: a live class under the GIL.
    let alias = unsafe { type_name(gil, class.as_ptr()) };
    let info = TypeInfo { alias: Some(alias.into()), ..Kind::Handle.into() };
    Parameter { name: Some("self".into()), info }
}

/// A function's annotations: a dict, or NULL.
struct Hints<'a> {
    gil: &'a Gil,
    annotations: Object,
}

impl Hints<'_> {
    /// The type that an annotation stands for; any where there is none, and `None` if that is not
    /// seen.
    unsafe fn info(&self, name: Object) -> Option<TypeInfo> {
        let api = self.gil.api;
        // SAFETY: live objects under the GIL; the hint is borrowed from the dict.
        unsafe {
            let hint = match self.annotations.is_null() {
                true => return Some(Kind::Any.into()),
                false => (api.PyDict_GetItemWithError)(self.annotations, name),
            };
            match hint.is_null() {
                true => Some(Kind::Any.into()),
                false => of_class(api, hint),
            }
        }
    }
}

/// The type that a class of Python's own stands for.
unsafe fn of_class(api: &Api, hint: Object) -> Option<TypeInfo> {
    // SAFETY: None is alive.
    let of_none = unsafe { api.type_of(api._Py_NoneStruct) };
    Some(match () {
        _ if hint == api.PyLong_Type => Kind::Int64.into(),
        _ if hint == api.PyFloat_Type => Kind::Float64.into(),
        _ if hint == api.PyUnicode_Type => Kind::String8.into(),
        _ if hint == api.PyBool_Type => Kind::Bool.into(),
        _ if hint == api.PyBytes_Type => TypeInfo {
            r#type: Type::from(Kind::Uint8).array()?,
            alias: Some("bytes".into()),
            dimensions: 1,
        },
        _ if hint == api._Py_NoneStruct || hint == of_none => Kind::Null.into(),
        _ => return None,
    })
}
