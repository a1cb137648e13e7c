//! What an entity path of this runtime names.

use std::ptr;
use std::sync::Arc;

use serde::Deserialize;

use super::module::Module;
use crate::abi::{METAFFI_OK, metaffi_error, metaffi_handle_type, metaffi_slot, metaffi_status};
use crate::call::errors::failure::report;
use crate::call::{Callee, Function, Lifetime};
use crate::entity_path::EntityPath;
use crate::error::{Error, Result, Status};
use crate::handle::pin::CallScope;
use crate::handle::{Fast, Key};
use crate::java::object;
use crate::java::support::{self, JavaSupport, WantedMember};
use crate::signature::{Kind, Parameter, Signature, Type, TypeInfo, slots_of};

const KEYS: [&str; 5] = ["class", "callable", "field", "attribute", "item"];
const TAGS: [&str; 5] = ["item", "instance_required", "getter", "setter", "deleter"];

/// The tags that say what is done with what is no method.
const DEEDS: [&str; 3] = ["getter", "setter", "deleter"];

/// What the part in Java says of an entity.
#[derive(Deserialize)]
struct Bound {
    entity: i64,
    params: Vec<BoundParameter>,
    returns: Vec<BoundParameter>,
}

#[derive(Deserialize)]
pub(super) struct BoundParameter {
    r#type: String,
    pub(super) name: Option<String>,
    alias: Option<String>,
}

impl BoundParameter {
    pub(super) fn info(&self) -> Result<TypeInfo> {
        let mut info = TypeInfo::from(Type::parse(&self.r#type)?);
        info.alias = self.alias.as_deref().map(Into::into);
        Ok(info)
    }
}

/// Binds the entity of a path.
pub(super) fn load(
    module: &Module,
    path: &EntityPath,
    params: Option<&[TypeInfo]>,
    returns: Option<&[TypeInfo]>,
) -> Result<Arc<Function>> {
    let (what, name) = named(path)?;
    let deed = deed(what, path)?;
    let class = path.get("class");
    let on_object = path.has("instance_required");
    match (what, class) {
        ("field", None) | ("callable", None) if !on_object => {
            let message = "members belong to a class: add class=…, such as class=java.lang.Math";
            return Err(Error::new(Status::Syntax, message));
        }
        ("field", None) => {
            let message =
                format!("for a field of any object write attribute={}", name.unwrap_or(""));
            return Err(Error::new(Status::Syntax, message));
        }
        ("attribute" | "item", Some(_)) => {
            let message =
                format!("{what} is of any object and goes without class; a class has field=…");
            return Err(Error::new(Status::Syntax, message));
        }
        ("class", _) if on_object => {
            let message = "a class alone is an object of its own: leave out instance_required";
            return Err(Error::new(Status::Syntax, message));
        }
        ("attribute", None) if !on_object => {
            let message = "add instance_required: a module of Java has no attributes of its own";
            return Err(Error::new(Status::Syntax, message));
        }
        _ => {}
    }
    let names = |types: Option<&[TypeInfo]>| types.map(|types| types.iter().map(spelled).collect());
    let bound = module.support().bind(&WantedMember {
        module: module.loader(),
        class,
        what,
        name,
        deed,
        on_object,
        params: names(params),
        returns: names(returns),
    })?;
    function_of(module.support(), &bound, params, returns)
}

/// The function of an entity as the part in Java describes it, with types that may be declared.
fn function_of(
    support: &'static JavaSupport,
    bound: &str,
    params: Option<&[TypeInfo]>,
    returns: Option<&[TypeInfo]>,
) -> Result<Arc<Function>> {
    let bound: Bound = serde_json::from_str(bound)
        .map_err(|error| Error::new(Status::Internal, format!("the part in Java says: {error}")))?;
    let callee = JavaFunction::new(support, &bound)?;
    let infos = |declared: Option<&[TypeInfo]>, found: &[BoundParameter]| match declared {
        Some(declared) => Ok(declared.to_vec()),
        None => found.iter().map(BoundParameter::info).collect::<Result<Vec<_>>>(),
    };
    let names = bound.params.iter().map(|found| found.name.as_deref().map(Into::into));
    let params = infos(params, &bound.params)?.into_iter().zip(names);
    let signature = Signature {
        params: params.map(|(info, name)| Parameter { name, info }).collect(),
        returns: infos(returns, &bound.returns)?,
        variadic: false,
    };
    Ok(Arc::new(Function::new(signature, callee)?))
}

/// The function of what Java makes a callable of.
pub(super) fn function_of_callable(bound: &str) -> Result<Arc<Function>> {
    let support = support::get().ok_or_else(|| Error::new(Status::Internal, "there is no JVM"))?;
    function_of(support, bound, None, None)
}

/// A declared type as the part in Java takes it: its name, its rank and its alias.
fn spelled(info: &TypeInfo) -> String {
    format!("{} {} {}", info.r#type, info.dimensions, info.alias.as_deref().unwrap_or_default())
}

/// What a path names, and the name.
fn named(path: &EntityPath) -> Result<(&'static str, Option<&str>)> {
    path.check(&KEYS, &TAGS)?;
    let pairs = ["callable", "field", "attribute", "item"]
        .into_iter()
        .filter_map(|what| path.get(what).map(|name| (what, Some(name))));
    let mut found = pairs.chain(path.has("item").then_some(("item", None)));
    match (found.next(), found.next()) {
        (Some(found), None) => Ok(found),
        (None, None) if path.get("class").is_some() => Ok(("class", None)),
        _ => {
            let message = "name one member, by callable=… or field=… and its class, by class=…; or \
                           by attribute=… or item of any object";
            Err(Error::new(Status::Syntax, message))
        }
    }
}

/// What is done with it.
fn deed(what: &str, path: &EntityPath) -> Result<&'static str> {
    let mut deeds = DEEDS.into_iter().filter(|deed| path.has(deed));
    let deed = deeds.next();
    let refused = match (what, deed, deeds.next()) {
        (_, Some(one), Some(other)) => {
            format!("{one} and {other} are entities of their own; load each")
        }
        ("callable", Some(deed), _) => format!("{deed} does not go with callable"),
        ("class", Some(deed), _) => format!("{deed} does not go with a class alone"),
        ("field", Some("deleter"), _) => "fields of Java are not deleted".to_owned(),
        _ => return Ok(deed.unwrap_or("getter")),
    };
    Err(Error::new(Status::Syntax, refused))
}

/// A member behind a signature.
struct JavaFunction {
    support: &'static JavaSupport,
    entity: i64,
    names: Vec<Option<String>>,
    /// The arguments that are objects, or may be.
    objects: Vec<ObjectPlace>,
    /// The result, if it is one.
    returned: Option<ObjectPlace>,
}

/// Where an object is, or may be.
#[derive(Clone, Copy)]
struct ObjectPlace {
    /// Which argument it is.
    argument: usize,
    slot: usize,
    /// Whether it is a value with its type before it.
    is_any: bool,
}

impl ObjectPlace {
    fn of(argument: usize, slot: usize, r#type: Type) -> Option<ObjectPlace> {
        let is_any = r#type == Kind::Any.into();
        (is_any || r#type == Kind::Handle.into()).then_some(ObjectPlace { argument, slot, is_any })
    }

    /// The slot of the handle, or of the index, if there is an object.
    ///
    /// # Safety
    /// A frame with this place, which is filled.
    unsafe fn datum(self, frame: *mut metaffi_slot) -> Option<*mut metaffi_slot> {
        // SAFETY: as the caller says.
        unsafe {
            let first = frame.add(self.slot);
            match self.is_any {
                false => Some(first),
                true if *first == metaffi_handle_type => Some(first.add(1)),
                true => None,
            }
        }
    }
}

/// How many slots are copied without allocating.
const FEW: usize = 16;

impl JavaFunction {
    fn new(support: &'static JavaSupport, bound: &Bound) -> Result<JavaFunction> {
        // From here on the entity is given back.
        let mut function = JavaFunction {
            support,
            entity: bound.entity,
            names: bound.params.iter().map(|found| found.name.clone()).collect(),
            objects: Vec::new(),
            returned: None,
        };
        let mut slot = 0;
        for (argument, found) in bound.params.iter().enumerate() {
            let r#type = Type::parse(&found.r#type)?;
            function.objects.extend(ObjectPlace::of(argument, slot, r#type));
            slot += slots_of(r#type);
        }
        if let Some(found) = bound.returns.first() {
            function.returned = ObjectPlace::of(0, slot, Type::parse(&found.r#type)?);
        }
        Ok(function)
    }

    /// Calls with indexes where there are handles. The caller's frame is as it was afterwards.
    unsafe fn call_with_objects(&self, scope: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        let mut few = [0; FEW];
        let mut many = Vec::new();
        let handles = match few.get_mut(..self.objects.len()) {
            Some(few) => few,
            None => {
                many.resize(self.objects.len(), 0);
                &mut many[..]
            }
        };
        // SAFETY: the frame has these places: those of arguments are filled, and that of the result is
        // when the call has not failed.
        unsafe {
            let mut places = handles.iter_mut().zip(&self.objects);
            let replaced = places.try_for_each(|(handle, place)| {
                let Some(datum) = place.datum(frame) else { return Ok(()) };
                *handle = *datum;
                let index = object::reference_of(scope, *datum as Key)
                    .map_err(|error| error.at(format_args!("argument {}", place.argument)))?;
                *datum = index as metaffi_slot;
                Ok(())
            });
            let outcome = replaced.and_then(|()| support::call(self.entity, frame));
            for (handle, place) in handles.iter().zip(&self.objects) {
                if *handle != 0
                    && let Some(datum) = place.datum(frame)
                {
                    *datum = *handle;
                }
            }
            outcome?;
            if let Some(place) = self.returned
                && let Some(datum) = place.datum(frame)
            {
                *datum = object::handle_of(*datum as i64)? as metaffi_slot;
            }
            Ok(())
        }
    }
}

/// Calls an entity that takes a frame as it is. One that has been freed is refused by its number.
unsafe extern "C-unwind" fn invoke(
    _: *const (),
    frame: *mut metaffi_slot,
    entity: u64,
    error: *mut *mut metaffi_error,
    _: Key,
) -> metaffi_status {
    // SAFETY: the frame is as the entity was bound to.
    match unsafe { support::call(entity as i64, frame) } {
        Ok(()) => METAFFI_OK,
        // SAFETY: NULL or writable.
        failed => unsafe { report(error, failed) },
    }
}

impl Drop for JavaFunction {
    fn drop(&mut self) {
        self.support.release_entity(self.entity);
    }
}

impl Callee for JavaFunction {
    unsafe fn call(&self, scope: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the entity is there as long as this; the frame is as it was bound to.
        unsafe {
            match self.objects.is_empty() && self.returned.is_none() {
                true => support::call(self.entity, frame),
                false => self.call_with_objects(scope, frame),
            }
        }
    }

    fn fast(&self) -> Option<Fast> {
        let are_plain = self.objects.is_empty() && self.returned.is_none();
        are_plain.then_some(Fast { invoke, code: ptr::null(), map: self.entity as u64 })
    }

    fn lifetime(&self) -> Lifetime {
        match self.fast() {
            Some(_) => Lifetime::Locked,
            None => Lifetime::Pinned,
        }
    }

    fn name(&self, argument: usize) -> Option<&str> {
        self.names.get(argument)?.as_deref()
    }
}
