//! What an entity path of this runtime names.

use std::sync::Arc;

use serde::Deserialize;

use super::direct::DirectPlace;
use super::invoke::ObjectPlaces;
use super::module::Module;
use crate::abi::metaffi_slot;
use crate::call::{Callee, Function, Lifetime};
use crate::entity_path::EntityPath;
use crate::error::{Error, Result, Status};
use crate::handle::Fast;
use crate::handle::pin::CallScope;
use crate::java::direct::{DescribedDirect, DirectCall};
use crate::java::support::{self, JavaSupport, WantedMember};
use crate::signature::{Parameter, Signature, Type, TypeInfo};

const KEYS: [&str; 6] = ["class", "callable", "field", "attribute", "item", "package"];
const TAGS: [&str; 6] = ["item", "package", "instance_required", "getter", "setter", "deleter"];

/// The tags that say what is done with what is no method.
const DEEDS: [&str; 3] = ["getter", "setter", "deleter"];

/// What the part in Java says of an entity.
#[derive(Deserialize)]
struct Bound {
    entity: i64,
    params: Vec<BoundParameter>,
    returns: Vec<BoundParameter>,
    /// How it may be used without what the entity does beside.
    direct: Option<DescribedDirect>,
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
        ("package", Some(_)) => {
            let message = "a package goes without class; a class in it is class=package.Class";
            return Err(Error::new(Status::Syntax, message));
        }
        ("attribute" | "item", Some(_)) => {
            let message =
                format!("{what} is of any object and goes without class; a class has field=…");
            return Err(Error::new(Status::Syntax, message));
        }
        ("class" | "package", _) if on_object => {
            let message =
                format!("a {what} alone is an object of its own: leave out instance_required");
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
pub(super) fn spelled(info: &TypeInfo) -> String {
    format!("{} {} {}", info.r#type, info.dimensions, info.alias.as_deref().unwrap_or_default())
}

/// What a path names, and the name.
fn named(path: &EntityPath) -> Result<(&'static str, Option<&str>)> {
    path.check(&KEYS, &TAGS)?;
    let pairs = ["callable", "field", "attribute", "item", "package"]
        .into_iter()
        .filter_map(|what| path.get(what).map(|name| (what, Some(name))));
    let mut found = pairs
        .chain(path.has("item").then_some(("item", None)))
        .chain(path.has("package").then_some(("package", Some(""))));
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
        ("class" | "package", Some(deed), _) => format!("{deed} does not go with a {what} alone"),
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
    objects: &'static ObjectPlaces,
    direct: Option<&'static DirectPlace>,
}

impl JavaFunction {
    fn new(support: &'static JavaSupport, bound: &Bound) -> Result<JavaFunction> {
        let types = |found: &[BoundParameter]| {
            found.iter().map(|one| Type::parse(&one.r#type)).collect::<Result<Vec<_>>>()
        };
        let objects = types(&bound.params)
            .and_then(|params| Ok(ObjectPlaces::of(&params, &types(&bound.returns)?)))
            .inspect_err(|_| support.release_entity(bound.entity))?;
        let names = bound.params.iter().map(|found| found.name.clone()).collect();
        let direct = bound.direct.as_ref();
        let direct = direct.and_then(|direct| DirectCall::new(bound.entity, direct));
        let direct = direct.map(|direct| DirectPlace::of(bound.entity, direct, objects));
        Ok(JavaFunction { support, entity: bound.entity, names, objects, direct })
    }
}

impl Drop for JavaFunction {
    fn drop(&mut self) {
        self.support.release_entity(self.entity);
        if let Some(direct) = self.direct {
            direct.give_back();
        }
    }
}

impl Callee for JavaFunction {
    unsafe fn call(&self, _: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the entity is there as long as this; the frame is as it was bound to.
        unsafe {
            match self.direct {
                Some(direct) => direct.call(self.entity, frame),
                None => self.objects.call(self.entity, frame),
            }
        }
    }

    fn fast(&self) -> Option<Fast> {
        match self.direct {
            Some(direct) => Some(direct.fast(self.entity)),
            None => Some(self.objects.fast(self.entity)),
        }
    }

    fn lifetime(&self) -> Lifetime {
        Lifetime::Locked
    }

    fn made_symbol(&self) -> Option<*const ()> {
        let pointer = self.support.pointer(self.entity);
        (!pointer.is_null()).then_some(pointer)
    }

    fn name(&self, argument: usize) -> Option<&str> {
        self.names.get(argument)?.as_deref()
    }
}
