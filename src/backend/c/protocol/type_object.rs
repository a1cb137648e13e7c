//! [`TypeObject`]: a C type as an object.

use std::sync::Arc;

use crate::abi::metaffi_value;
use crate::backend::c::convert::{access, initialise, same_type};
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Representation};
use crate::backend::c::data::lvalue::Lvalue;
use crate::backend::c::types::{Fingerprints, NAME};
use crate::backend::path::Step;
use crate::error::{Error, Result};
use crate::handle::{self, Extension, ForeignObject, Key, ObjectType};
use crate::object::{
    AttributeName, CallArguments, Capabilities, Comparison, InternedName, MemberKind, ObjectMember,
    Protocol, TextKind, ValuePlace, refuse, used_by,
};
use crate::signature::Kind;
use crate::suggest;
use crate::value;

/// A C type.
struct TypeObject(CType);

static PROTOCOL: &dyn Protocol = &TypeProtocol;

/// What a type says of itself.
const ATTRIBUTES: [&str; 3] = ["name", "size", "align"];

/// A new handle of a type.
pub(super) fn of(ctype: &CType) -> Result<Key> {
    handle::insert_object(Arc::new(TypeObject(ctype.refreshed())))
}

impl ObjectType for TypeObject {
    const EXTENSION: Extension = used_by(&PROTOCOL);
}

impl ForeignObject for TypeObject {
    fn runtime(&self) -> &str {
        NAME
    }

    fn type_name(&self) -> String {
        format!("type {}", self.0.spell())
    }

    fn identity(&self) -> u64 {
        self.fingerprint(true)
    }
}

impl TypeObject {
    /// The same for types that are the same: as they are `defined`, or as they are named alone.
    fn fingerprint(&self, defined: bool) -> u64 {
        let ctype = self.0.latest();
        Fingerprints::of(&ctype.types).get(ctype.types.resolve(ctype.id), defined)
    }
}

struct TypeProtocol;

fn get(object: Key) -> Result<Arc<TypeObject>> {
    handle::get::<TypeObject>(object)
}

impl Protocol for TypeProtocol {
    fn capabilities(&self, object: Key) -> Result<Capabilities> {
        let ctype = get(object)?.0.refreshed();
        let constructs = Capabilities::CONSTRUCT.when(has_values(&ctype));
        let attributes = Capabilities::READ_ATTRIBUTES | Capabilities::LIST_MEMBERS;
        Ok(Capabilities::TYPE | Capabilities::HASH | attributes | constructs)
    }

    fn get_attribute(
        &self,
        object: Key,
        name: AttributeName<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        let ctype = get(object)?.0.refreshed();
        let value = match name.text() {
            "name" => value::string8(&ctype.spell())?.into_raw(),
            "size" => (ctype.types.size(ctype.id)? as u64).into(),
            "align" => (ctype.types.align(ctype.id)? as u64).into(),
            other => {
                let hint = suggest::hint(other, ATTRIBUTES.iter().copied());
                let spelled = ctype.spell();
                return Err(Error::not_found(format!(
                    "type {spelled} has no attribute \"{other}\"{hint}"
                )));
            }
        };
        to.write(value);
        Ok(())
    }

    fn members(&self, _: Key) -> Result<Vec<ObjectMember>> {
        let member = |name: &str| ObjectMember { name: name.into(), kind: MemberKind::Property };
        Ok(ATTRIBUTES.into_iter().map(member).collect())
    }

    unsafe fn construct(
        &self,
        object: Key,
        arguments: CallArguments<'_>,
        to: ValuePlace<'_>,
    ) -> Result<()> {
        let ctype = get(object)?.0.refreshed();
        if !has_values(&ctype) {
            return Err(refuse(object, Capabilities::CONSTRUCT));
        }
        // SAFETY: the arguments are what their types say.
        let made = unsafe { made(ctype, arguments) }?;
        to.write(value::object(made.handle()?));
        Ok(())
    }

    fn is_instance(&self, object: Key, r#type: Key) -> Result<bool> {
        is_instance(object, r#type)
    }

    fn parents(&self, _: Key) -> Result<Vec<Key>> {
        Ok(Vec::new())
    }

    unsafe fn compare(
        &self,
        object: Key,
        comparison: Comparison,
        with: &metaffi_value,
    ) -> Result<bool> {
        // SAFETY: the value is a handle, if its type says so.
        let is_same = match (value::kind_of(with)?, unsafe { with.data.object }.addr()) {
            (Kind::Handle, 0) => false,
            (Kind::Handle, other) => match get(other) {
                Ok(other) => same_type(&get(object)?.0, &other.0),
                Err(_) => handle::describe_object(other, |_| false)?,
            },
            _ => false,
        };
        match comparison {
            Comparison::Equal => Ok(is_same),
            Comparison::NotEqual => Ok(!is_same),
            _ => Err(refuse(object, Capabilities::ORDER)),
        }
    }

    fn hash(&self, object: Key) -> Result<u64> {
        Ok(get(object)?.fingerprint(false))
    }

    fn truth(&self, _: Key) -> Result<bool> {
        Ok(true)
    }

    fn text(&self, object: Key, kind: TextKind) -> Result<String> {
        match kind {
            TextKind::Display => Ok(get(object)?.0.spell()),
            _ => Ok(format!("<type {}>", get(object)?.0.spell())),
        }
    }
}

/// Whether an object is data of a type; of none of another runtime.
pub(super) fn is_instance(object: Key, r#type: Key) -> Result<bool> {
    let Ok(known) = get(r#type) else { return handle::describe_object(r#type, |_| false) };
    let ctype = &known.0;
    match handle::get::<CData>(object) {
        Ok(data) => Ok(same_type(data.ctype(), ctype)),
        Err(_) => handle::describe_object(object, |_| false),
    }
}

/// Whether there are values of the type.
fn has_values(ctype: &CType) -> bool {
    !matches!(ctype.class, Representation::Void | Representation::Function) && ctype.is_complete()
}

/// A new value: zero; of one initialiser; or a record of its members, in order and by name.
///
/// # Safety
/// The arguments are what their types say.
unsafe fn made(ctype: CType, arguments: CallArguments<'_>) -> Result<Arc<CData>> {
    let CallArguments { values, names } = arguments;
    let by_position = values.len() - names.len();
    let is_record = ctype.class == Representation::Record;
    if names.is_empty() && by_position <= 1 && !(is_record && values.first().is_some_and(is_scalar))
    {
        // SAFETY: the arguments are what their types say.
        return unsafe { initialise::new(ctype, values.first()) }.map(Arc::new);
    }
    if !is_record {
        return Err(Error::invalid(format!(
            "a value of {} is made of nothing or of one initialiser",
            ctype.spell()
        )));
    }
    let parts = ctype.parts();
    if by_position > parts.len() {
        return Err(Error::invalid(format!(
            "{} has {} members, and is given {by_position}",
            ctype.spell(),
            parts.len()
        )));
    }
    let object = Arc::new(CData::zeroed(ctype.clone(), 0)?);
    let first = parts[..by_position].iter().map(|part| Ok(&*part.name));
    let named = names.iter().map(|name| Ok(InternedName::of(*name)?.text()));
    for (name, value) in first.chain(named).zip(values) {
        let name: &str = name?;
        handle::using(|scope| {
            let mut lvalue = Lvalue::whole(scope, (&object).into())?;
            lvalue.constant = false;
            lvalue.step(scope, Step::Member(name), None)?;
            // SAFETY: the member of a new object is there; the value is what its type says.
            unsafe { access::write_at(scope, &lvalue, value) }
        })
        .map_err(|error| error.context(format_args!("member \"{name}\"")))?;
    }
    Ok(object)
}

fn is_scalar(value: &metaffi_value) -> bool {
    value::kind_of(value).is_ok_and(|kind| kind.is_scalar())
}
