//! What an entity path of this runtime names.

use std::sync::Arc;

use super::access::{self, AccessedPlace, Deed, PlaceKind};
use super::module::Module;
use crate::backend::DeclaredTypes;
use crate::call::Function;
use crate::call::errors::failure::c_string;
use crate::entity_path::EntityPath;
use crate::error::{Error, Result, Status};
use crate::handle::Key;
use crate::python::api::Api;
use crate::python::convert::inferred::{self, FunctionDeclaration, Inferred, InferredValue};
use crate::python::convert::{declared, names_of_builtin};
use crate::python::downcall::function::{CallTarget, PyFunction};
use crate::python::downcall::keyword_names::KeywordNames;
use crate::python::downcall::spread::{Named, Spread};
use crate::python::lifecycle::gil::{self, Gil};
use crate::python::object::{PyRef, text_of, to_handle};
use crate::python::support;
use crate::signature::{Kind, Parameter, Signature, Type, TypeInfo};

const KEYS: [&str; 5] = ["callable", "attribute", "item", "eval", "exec"];
const TAGS: [&str; 8] = [
    "item",
    "instance_required",
    "getter",
    "setter",
    "deleter",
    "varargs",
    "named_args",
    "own_namespace",
];

/// The tags that say what is done with an attribute or an item.
const DEEDS: [&str; 3] = ["getter", "setter", "deleter"];

/// Where and how an entity is looked up.
struct Lookup<'a> {
    gil: &'a Gil,
    api: &'static Api,
    modules: &'a PyRef,
    path: &'a EntityPath,
    declared: DeclaredTypes<'a>,
}

/// What a callable's path names.
struct FoundCallable {
    /// The class and the name, if it is looked up on each object.
    class: Option<(PyRef, PyRef)>,
    function: PyRef,
}

/// Binds the entity of a path.
pub(super) fn load(
    module: &Module,
    path: &EntityPath,
    params: Option<&[TypeInfo]>,
    returns: Option<&[TypeInfo]>,
) -> Result<Arc<Function>> {
    let (key, value) = path.one(&KEYS, &TAGS)?;
    check_tags(key, path)?;
    let api = module.api();
    let gil = gil::enter(api)?;
    let lookup = Lookup {
        gil: &gil,
        api,
        modules: module.modules(),
        path,
        declared: DeclaredTypes { params, returns },
    };
    match (key, value) {
        ("callable", Some(path)) => lookup.callable(path),
        ("attribute", Some(path)) => lookup.attribute(path),
        ("item", key) => lookup.item_of(key),
        (mode, text) => lookup.source(text.unwrap_or_default(), mode),
    }
}

/// The function of a path as an object, also of one that is looked up at each call.
pub(super) fn function_object(module: &Module, path: &EntityPath) -> Result<Key> {
    let Some(("callable", name)) = path.pairs().last() else {
        return Err(Error::unsupported(format!("{path} names no function")));
    };
    let on_object = path.has("instance_required");
    if on_object && !name.contains('.') {
        return Err(Error::unsupported(format!("{path} is looked up on each object")));
    }
    let gil = gil::enter(module.api())?;
    let on_object = support::truth(&gil, on_object);
    let arguments = [module.modules(), &support::text(&gil, name)?, &on_object];
    let found = support::call(&gil, &support::get(&gil)?.function, &arguments)?;
    to_handle(&gil, &support::item(&gil, &found, 2)?).map(|handle| handle.addr())
}

fn check_tags(key: &str, path: &EntityPath) -> Result<()> {
    let allowed: &[&str] = match key {
        "callable" => &["instance_required", "varargs", "named_args"],
        "attribute" => &["instance_required", "getter", "setter", "deleter"],
        "item" => &["item", "getter", "setter", "deleter"],
        _ => &["own_namespace"],
    };
    let deeds: Vec<&str> = path.tags().filter(|tag| DEEDS.contains(tag)).collect();
    match path.tags().find(|tag| !allowed.contains(tag)) {
        None if deeds.len() < 2 => Ok(()),
        None => {
            let message = format!("{} are entities of their own; load each", deeds.join(" and "));
            Err(Error::new(Status::Syntax, message))
        }
        Some(tag) => {
            let taken: Vec<&str> = allowed.iter().copied().filter(|tag| *tag != key).collect();
            let taken = taken.join(", ");
            let message = format!("{tag} does not go with {key}, which takes {taken}");
            Err(Error::new(Status::Syntax, message))
        }
    }
}

impl Lookup<'_> {
    fn text(&self, text: &str) -> Result<PyRef> {
        support::text(self.gil, text)
    }

    fn truth(&self, value: bool) -> PyRef {
        support::truth(self.gil, value)
    }

    fn call(&self, function: &PyRef, arguments: &[&PyRef]) -> Result<PyRef> {
        support::call(self.gil, function, arguments)
    }

    fn item(&self, tuple: &PyRef, index: isize) -> Result<PyRef> {
        support::item(self.gil, tuple, index)
    }

    fn callable(&self, name: &str) -> Result<Arc<Function>> {
        let on_object = self.path.has("instance_required");
        if on_object && !name.contains('.') {
            return self.method(name);
        }
        let FoundCallable { class, function } = match self.at_once(name).filter(|_| !on_object) {
            Some(function) => FoundCallable { class: None, function },
            None => self.found(name, on_object)?,
        };
        let of_class = class.as_ref().map(|(owner, method)| (owner, method));
        let inferred = match declared(self.gil, &function, of_class)? {
            Some(declared) => declared,
            None => match self.named_only(&function)? {
                Some(named) => named,
                None => self.inferred(&function, class.as_ref().map(|(owner, _)| owner))?,
            },
        };
        let dispatched = class.is_some();
        let (signature, required) = self.signature(inferred);
        if name == "next" && !dispatched && self.is_next(&function, &signature)? {
            let place = AccessedPlace { kind: PlaceKind::Next, owner: None, key: Some(function) };
            return access::bind(self.api, place, Deed::Get, signature);
        }
        let target = match &class {
            Some((_, method)) => self.interned(method)?,
            None => function,
        };
        let target = match (self.spreads(&signature)?, dispatched) {
            (Some((varargs, named)), is_method) => {
                let names = KeywordNames::new();
                CallTarget::Spread(Arc::new(Spread { target, is_method, varargs, named, names }))
            }
            (None, true) => CallTarget::Method(Arc::new(target)),
            (None, false) => CallTarget::Callable(Arc::new(target)),
        };
        PyFunction::bind(self.api, target, signature, required)
    }

    /// What a callable's path names, if each name in it is that of an attribute: the first of the module.
    fn at_once(&self, path: &str) -> Option<PyRef> {
        // SAFETY: a live list under the GIL, which nobody changes, has a module; what is in it is
        // borrowed.
        let mut found = unsafe {
            let first = (self.api.PyList_GetItem)(self.modules.as_ptr(), 0);
            PyRef::new_reference(self.gil, first)
        };
        for name in path.split('.') {
            found = found.attribute(self.gil, &c_string(name)).ok()?;
        }
        // SAFETY: a live object under the GIL.
        (unsafe { (self.api.PyCallable_Check)(found.as_ptr()) } != 0).then_some(found)
    }

    /// The same of any path; what is not there, or cannot be called, is said.
    fn found(&self, path: &str, on_object: bool) -> Result<FoundCallable> {
        let arguments = [self.modules, &self.text(path)?, &self.truth(on_object)];
        let found = self.call(&support::get(self.gil)?.function, &arguments)?;
        let (owner, method) = (self.item(&found, 0)?, self.item(&found, 1)?);
        let class = (!support::is_none(self.api, &owner)).then_some((owner, method));
        Ok(FoundCallable { class, function: self.item(&found, 2)? })
    }

    /// Whether a function is the built-in `next`, and is given an iterator only.
    fn is_next(&self, function: &PyRef, signature: &Signature) -> Result<bool> {
        let of_handle = match (&*signature.params, &*signature.returns) {
            ([iterator], [_]) => iterator.info.r#type.kind() == Kind::Handle,
            _ => false,
        };
        let spreads = self.path.has("varargs") || self.path.has("named_args");
        if spreads || !of_handle {
            return Ok(false);
        }
        let next = PyRef::import(self.gil, c"builtins")?.attribute(self.gil, c"next")?;
        Ok(next.as_ptr() == function.as_ptr())
    }

    /// The names of a built-in function's parameters, where nothing else is to be found out.
    fn named_only(&self, function: &PyRef) -> Result<Option<FunctionDeclaration>> {
        match self.declared {
            DeclaredTypes { params: Some(_), returns: Some(_) } => {
                names_of_builtin(self.gil, function)
            }
            _ => Ok(None),
        }
    }

    /// What a callable takes and returns, as Python's own means find out.
    fn inferred(&self, function: &PyRef, owner: Option<&PyRef>) -> Result<FunctionDeclaration> {
        let function_json = &support::signatures(self.gil)?.function_json;
        let none = support::none(self.gil);
        let owner = owner.unwrap_or(&none);
        let text = support::text_of_call(self.gil, function_json, &[function, owner])?;
        inferred::parse::<Inferred>(&text)?.signature()
    }

    /// The method of that name of whatever the first argument is.
    fn method(&self, name: &str) -> Result<Arc<Function>> {
        let (params, returns) = (vec![Kind::Handle.into()], vec![Kind::Any.into()]);
        let inferred = Signature { params, returns, variadic: true };
        let (signature, required) = self.signature((inferred, 1));
        if signature.params.is_empty() {
            let message = "declare the object as the first parameter, whose method is called";
            return Err(Error::invalid(message));
        }
        let name = support::interned(self.gil, name)?;
        let target = match self.spreads(&signature)? {
            None => CallTarget::Method(Arc::new(name)),
            Some((varargs, named)) => CallTarget::Spread(Arc::new(Spread {
                target: name,
                is_method: true,
                varargs,
                named,
                names: KeywordNames::new(),
            })),
        };
        PyFunction::bind(self.api, target, signature, required)
    }

    /// The signature: declared where it is, and otherwise inferred; and how many parameters have
    /// no default.
    fn signature(&self, (mut signature, mut required): (Signature, usize)) -> (Signature, usize) {
        if let Some(params) = self.declared.params {
            signature.params = named(params, &signature.params);
            signature.variadic = false;
            required = signature.params.len();
        } else if self.path.has("varargs") || self.path.has("named_args") {
            if self.path.has("varargs") {
                signature.params.push(Parameter::from(any_array()));
            }
            if self.path.has("named_args") {
                signature.params.push(Parameter::from(Kind::Any));
            }
            signature.variadic = false;
            required = signature.params.len();
        }
        if let Some(returns) = self.declared.returns {
            signature.returns = returns.to_vec();
        }
        (signature, required)
    }

    fn interned(&self, name: &PyRef) -> Result<PyRef> {
        support::interned(self.gil, &text_of(self.gil, name)?)
    }

    /// Whether an argument holds further positional ones, and which hold named ones; none if
    /// neither is asked for.
    fn spreads(&self, signature: &Signature) -> Result<Option<(bool, Option<Named>)>> {
        let (varargs, named) = (self.path.has("varargs"), self.path.has("named_args"));
        let kinds: Vec<Type> = signature.params.iter().map(|param| param.info.r#type).collect();
        let named = match (named, kinds.as_slice()) {
            (false, _) => None,
            (true, [.., names, values]) if is_names(*names) && values.is_array() => {
                Some(Named::Pairs)
            }
            (true, [.., map]) if matches!(map.kind(), Kind::Any | Kind::Handle) => {
                Some(Named::Mapping)
            }
            (true, _) => return Err(no_named_arguments(signature)),
        };
        let rest = match named {
            Some(Named::Pairs) => kinds.len() - 2,
            Some(Named::Mapping) => kinds.len() - 1,
            None => kinds.len(),
        };
        let spreads =
            |last: &Type| last.is_array() || matches!(last.kind(), Kind::Any | Kind::Handle);
        // The object of a method is not among what may be spread.
        let first = usize::from(self.path.has("instance_required"));
        if varargs && !kinds.get(first..rest).and_then(<[Type]>::last).is_some_and(spreads) {
            return Err(no_varargs(signature));
        }
        if rest < first {
            return Err(no_named_arguments(signature));
        }
        Ok((varargs || named.is_some()).then_some((varargs, named)))
    }

    fn deed(&self) -> Deed {
        match () {
            () if self.path.has("setter") => Deed::Set,
            () if self.path.has("deleter") => Deed::Delete,
            () => Deed::Get,
        }
    }

    fn attribute(&self, path: &str) -> Result<Arc<Function>> {
        let (on_object, deed) = (self.path.has("instance_required"), self.deed());
        if on_object && !path.contains('.') {
            let key = Some(support::interned(self.gil, path)?);
            let place = AccessedPlace { kind: PlaceKind::Attribute, owner: None, key };
            return self.access(place, deed, Kind::Any.into());
        }
        let flags = [self.truth(on_object), self.truth(deed == Deed::Set)];
        let path = self.text(path)?;
        let arguments = [self.modules, &path, &flags[0], &flags[1]];
        let found = self.call(&support::get(self.gil)?.attribute, &arguments)?;
        let (owner, name) = (self.item(&found, 0)?, self.item(&found, 1)?);
        let is_declared = match deed {
            Deed::Get => self.declared.returns.is_some(),
            Deed::Set => self.declared.params.is_some(),
            Deed::Delete => true,
        };
        let inferred = match is_declared {
            true => Kind::Any.into(),
            false => self.inferred_attribute([&owner, &name, &flags[0]])?,
        };
        let name = support::interned(self.gil, &text_of(self.gil, &name)?)?;
        let owner = (!on_object).then_some(owner);
        let place = AccessedPlace { kind: PlaceKind::Attribute, owner, key: Some(name) };
        self.access(place, deed, inferred)
    }

    fn inferred_attribute(&self, arguments: [&PyRef; 3]) -> Result<TypeInfo> {
        let attribute_json = &support::signatures(self.gil)?.attribute_json;
        let text = support::text_of_call(self.gil, attribute_json, &arguments)?;
        inferred::parse::<InferredValue>(&text)?.info()
    }

    /// An item of whatever the first argument is: that of a text, or of any key that follows it.
    fn item_of(&self, key: Option<&str>) -> Result<Arc<Function>> {
        let key = key.map(|key| support::interned(self.gil, key)).transpose()?;
        let place = AccessedPlace { kind: PlaceKind::Item, owner: None, key };
        self.access(place, self.deed(), Kind::Any.into())
    }

    fn access(&self, place: AccessedPlace, deed: Deed, value: TypeInfo) -> Result<Arc<Function>> {
        let object = place.owner.is_none().then(|| TypeInfo::from(Kind::Handle));
        let key = place.key.is_none().then(|| TypeInfo::from(Kind::Any));
        let (written, read) = match deed {
            Deed::Get => (None, vec![value]),
            Deed::Set => (Some(value), vec![]),
            Deed::Delete => (None, vec![]),
        };
        let params = object.into_iter().chain(key).chain(written).collect();
        let params = one_for_each(self.declared.params, params, "parameters")?;
        let params = params.into_iter().map(Parameter::from).collect();
        let returns = one_for_each(self.declared.returns, read, "returns")?;
        access::bind(self.api, place, deed, Signature { params, returns, variadic: false })
    }

    fn source(&self, text: &str, mode: &str) -> Result<Arc<Function>> {
        let own = self.truth(self.path.has("own_namespace"));
        let arguments = [self.modules, &self.text(text)?, &self.text(mode)?, &own];
        let function = self.call(&support::sources(self.gil)?.source, &arguments)?;
        let params = self.declared.params.unwrap_or_default();
        if mode == "exec" && !params.is_empty() {
            return Err(Error::invalid(
                "exec= takes no parameters; define a function and load that, or use eval=",
            ));
        }
        let inferred = if mode == "eval" { vec![Kind::Any.into()] } else { vec![] };
        let returns = self.declared.returns.map_or(inferred, <[TypeInfo]>::to_vec);
        let params = params.iter().cloned().map(Parameter::from).collect::<Vec<_>>();
        let required = params.len();
        let signature = Signature { params, returns, variadic: false };
        PyFunction::bind(self.api, CallTarget::Callable(Arc::new(function)), signature, required)
    }
}

/// The declared types with the names that the function gives its parameters.
fn named(declared: &[TypeInfo], known: &[Parameter]) -> Vec<Parameter> {
    let name = |index: usize| known.get(index).and_then(|param| param.name.clone());
    let param =
        |(index, info): (usize, &TypeInfo)| Parameter { name: name(index), info: info.clone() };
    declared.iter().enumerate().map(param).collect()
}

fn one_for_each(
    declared: Option<&[TypeInfo]>,
    inferred: Vec<TypeInfo>,
    what: &str,
) -> Result<Vec<TypeInfo>> {
    match declared {
        None => Ok(inferred),
        Some(declared) if declared.len() == inferred.len() => Ok(declared.to_vec()),
        Some(declared) => Err(Error::invalid(format!(
            "{} {what} declared; this entity has {}: the object if it is instance_required or has \
                 the item, the key of the item unless the path has it, and the value for a setter; \
                 a getter returns the value, the others nothing",
            declared.len(),
            inferred.len()
        ))),
    }
}

fn any_array() -> Type {
    Type::from(Kind::Any).array().unwrap_or(Type::ARRAY)
}

fn is_names(r#type: Type) -> bool {
    r#type.element().is_some_and(|element| element.kind() == Kind::String8)
}

#[cold]
fn no_named_arguments(signature: &Signature) -> Error {
    Error::mismatch(format!(
        "named_args: the last parameter is a mapping (any or handle), or the last two are \
             names (string8_array) and values (an array), but the signature is {signature}"
    ))
}

#[cold]
fn no_varargs(signature: &Signature) -> Error {
    Error::mismatch(format!(
        "varargs: the last parameter (before those of named_args) is an array, but the \
             signature is {signature}"
    ))
}
