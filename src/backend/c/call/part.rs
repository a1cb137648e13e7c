//! Members and elements of whatever object the first argument is, as functions.

use std::sync::Arc;

use crate::abi::{metaffi_object, metaffi_slot, metaffi_value};
use crate::backend::c::convert::{Direction, access, check, from_c};
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::ctype::Representation;
use crate::backend::c::data::lvalue::Lvalue;
use crate::call::{self, Callee, Function, SlotLayout, guarded};
use crate::error::{Error, Result, Status};
use crate::handle;
use crate::handle::pin::CallScope;
use crate::signature::{Kind, Signature, Type};
use crate::value;

/// Which part.
pub enum ObjectPart {
    /// A member of a struct or union, or of what a pointer points to.
    Member(Box<str>),
    /// An element of an array, or of what a pointer points into; its index is an argument.
    Element,
}

/// A function of that signature: its parameters are the object, the index of an element and, if
/// there is no return, the value that is written.
pub fn bind(part: ObjectPart, signature: Signature) -> Result<Arc<Function>> {
    let layout = signature.layout();
    let places = |infos: &[Type], slots: &[usize]| -> Vec<(Type, usize)> {
        infos.iter().copied().zip(slots.iter().copied()).collect()
    };
    let params: Vec<Type> = signature.params.iter().map(|param| param.info.r#type).collect();
    let returns: Vec<Type> = signature.returns.iter().map(|info| info.r#type).collect();
    let params = places(&params, layout.params());
    let read = places(&returns, layout.returns()).first().copied();
    let (of, rest) = params.split_first().ok_or_else(no_object)?;
    if !matches!(of.0.kind(), Kind::Handle | Kind::Any) {
        return Err(no_object());
    }
    let accessor = PartAccessor { part, of: *of, rest: rest.into(), read };
    Ok(Arc::new(Function::new(signature, accessor)?))
}

#[cold]
fn no_object() -> Error {
    Error::mismatch("the first parameter is the object, a handle")
}

struct PartAccessor {
    part: ObjectPart,
    /// The type and the slot of the object.
    of: (Type, usize),
    /// The same of the index and of the value that is written.
    rest: Box<[(Type, usize)]>,
    /// The same of the return, if it is read.
    read: Option<(Type, usize)>,
}

impl Callee for PartAccessor {
    unsafe fn call(&self, scope: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: the frame has the layout of the signature.
        guarded(|| unsafe {
            let object = self.object(scope, frame)?;
            let lvalue = match &self.part {
                ObjectPart::Member(name) => Lvalue::member(scope, object, name)?,
                ObjectPart::Element => {
                    let index = self.index(frame)?;
                    Lvalue::item(scope, object, index).map_err(|error| match error.status() {
                        Status::OutOfRange => error.with_status(Status::NotFound),
                        _ => error,
                    })?
                }
            };
            match self.read {
                Some((r#type, slot)) => read(&lvalue, r#type, frame.add(slot)),
                None => {
                    let (r#type, slot) = self.rest[self.rest.len() - 1];
                    let value = borrowed(r#type, frame.add(slot));
                    access::write_at(scope, &lvalue, &value)
                }
            }
        })
    }
}

impl PartAccessor {
    unsafe fn object<'a>(
        &self,
        scope: &'a CallScope,
        frame: *const metaffi_slot,
    ) -> Result<BorrowedCData<'a>> {
        // SAFETY: the frame has the layout of the signature; an object's value holds a handle.
        let key = unsafe {
            let value = borrowed(self.of.0, frame.add(self.of.1));
            match value::kind_of(&value)? {
                Kind::Handle if value.data.object.is_null() => {
                    return Err(Error::invalid(not_data("NULL")));
                }
                Kind::Handle => value.data.object.addr(),
                _ => return Err(Error::mismatch(not_data(value::describe(&value)))),
            }
        };
        BorrowedCData::get(scope, key).map_err(|error| {
            let runtime = handle::describe_object(key, |object| object.runtime().to_owned());
            match runtime {
                Ok(runtime) => Error::mismatch(not_data(format!("an object of runtime {runtime}"))),
                Err(_) => error.context("argument 0"),
            }
        })
    }

    unsafe fn index(&self, frame: *const metaffi_slot) -> Result<isize> {
        let (r#type, slot) = self.rest[0];
        // SAFETY: the frame has the layout of the signature; the number is what its type says.
        unsafe {
            let given = borrowed(r#type, frame.add(slot));
            let number = value::number::convert(&given, Kind::Int64.into()).map_err(|error| {
                error.context(format_args!("index {}", value::describe(&given)))
            })?;
            isize::try_from(number.data.int64)
                .map_err(|error| Error::out_of_range(error.to_string()))
        }
    }
}

fn not_data(found: impl std::fmt::Display) -> String {
    format!("argument 0 is {found}; only objects of runtime c have members and elements of C")
}

/// What is in slots as a value, which owns nothing.
///
/// # Safety
/// The slots hold a value of the type.
unsafe fn borrowed(r#type: Type, slots: *const metaffi_slot) -> metaffi_value {
    let mut value = value::null();
    // SAFETY: the slots hold a value of the type.
    unsafe {
        match r#type.kind() {
            Kind::Any => value = slots.cast::<metaffi_value>().read(),
            _ => call::store(slots, &SlotLayout::of(r#type), &raw mut value),
        }
    }
    value
}

/// Puts what an lvalue holds into the slots of a return.
///
/// # Safety
/// The lvalue is there; there is room for a value of the type.
unsafe fn read(lvalue: &Lvalue<'_>, r#type: Type, slots: *mut metaffi_slot) -> Result<()> {
    let refers = matches!(
        lvalue.ctype.class,
        Representation::Record | Representation::Array(_) | Representation::Opaque
    );
    // SAFETY: the lvalue is there; there is room for a value of the type; what was read is the
    // slots' from now on.
    unsafe {
        match r#type.kind() {
            Kind::Any => {
                let value = access::read_at(lvalue)?.into_raw();
                slots.cast::<metaffi_value>().write(value);
                Ok(())
            }
            // A struct or an array is handed out as the part itself, not as a copy of it.
            Kind::Handle if refers => {
                let value = access::read_at(lvalue)?.into_raw();
                let object: *mut metaffi_object = value.data.object;
                *slots = object.expose_provenance() as u64;
                Ok(())
            }
            kind => match lvalue.bits {
                Some(bits) => {
                    lvalue.check()?;
                    *slots = access::load_bits(lvalue, bits)
                        .into_slot(kind, &|| access::spell_bits(lvalue.ctype, bits))?;
                    Ok(())
                }
                None => {
                    lvalue.check()?;
                    check(&r#type.into(), lvalue.ctype, Direction::FromC)?;
                    from_c(lvalue.ctype, lvalue.address, r#type, slots)
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Module as _;
    use crate::backend::c::Module;
    use crate::call::call_owned;
    use crate::entity_path::EntityPath;
    use crate::signature::TypeInfo;
    use crate::value::OwnedValue;

    struct Header(Module);

    impl Header {
        fn new() -> Header {
            let module = Module::load("", &Default::default()).unwrap();
            let text = "struct inner { double real; };\n\
                struct record { int number; unsigned low : 3, high : 13; struct inner inner;\n\
                short few[3]; const char fixed; struct record *next; char name[8]; };\n\
                struct pair { long number; };";
            module.declare(text).unwrap();
            Header(module)
        }

        fn made(&self, r#type: &str) -> OwnedValue {
            // SAFETY: there is no initial value; the new handle is nobody else's.
            unsafe {
                let key = self.0.new_object(r#type, None).unwrap();
                OwnedValue::from_raw(value::object(std::ptr::without_provenance_mut(key)))
            }
        }

        fn entity(&self, path: &str, types: [Option<&[&str]>; 2]) -> Result<Arc<Function>> {
            let infos = |names: &[&str]| -> Vec<TypeInfo> {
                names.iter().map(|name| Type::parse(name).unwrap().into()).collect()
            };
            let [params, returns] = types.map(|types| types.map(infos));
            self.0.load_entity(&EntityPath::parse(path)?, params.as_deref(), returns.as_deref())
        }

        fn call(&self, path: &str, arguments: &[metaffi_value]) -> Result<Vec<OwnedValue>> {
            // SAFETY: the arguments are what their types say; no pointer among them dangles.
            unsafe { call_owned(&*self.entity(path, [None, None])?, arguments) }
        }

        fn get(&self, name: &str, of: &metaffi_value) -> OwnedValue {
            let path = format!("attribute={name},instance_required");
            self.call(&path, &[*of]).unwrap().remove(0)
        }

        fn set(&self, name: &str, of: &metaffi_value, given: metaffi_value) -> Result<()> {
            let path = format!("attribute={name},instance_required,setter");
            self.call(&path, &[*of, given]).map(drop)
        }
    }

    fn shown(value: &OwnedValue) -> String {
        // SAFETY: a value that a call returned.
        unsafe { value::describe(value) }
    }

    #[test]
    fn members_of_any_struct_are_read_and_written() {
        let header = Header::new();
        let (record, pair) = (header.made("struct record"), header.made("struct pair"));
        header.set("number", &record, 7_i64.into()).unwrap();
        header.set("number", &pair, (-8_i64).into()).unwrap();
        assert_eq!(shown(&header.get("number", &record)), "int32 7");
        assert_eq!(shown(&header.get("number", &pair)), "int64 -8");
        header.set("high", &record, 8191_i64.into()).unwrap();
        assert_eq!(shown(&header.get("high", &record)), "uint32 8191");
        assert_eq!(shown(&header.get("low", &record)), "uint32 0");
        // What is in a struct is the part itself.
        let inner = header.get("inner", &record);
        header.set("real", &inner, 2.5.into()).unwrap();
        assert_eq!(shown(&header.get("real", &header.get("inner", &record))), "float64 2.5");
        let pointer = header.made("struct record *");
        assert!(header.call("attribute=number,instance_required", &[*pointer]).is_err());
        let typed = |name: &str, r#type: &str| {
            let path = format!("attribute={name},instance_required,getter");
            let entity = header.entity(&path, [Some(&["handle"]), Some(&[r#type])]).unwrap();
            // SAFETY: a live object.
            unsafe { call_owned(&entity, &[*record]) }.map(|mut returns| shown(&returns.remove(0)))
        };
        assert_eq!(typed("number", "float64").unwrap(), "float64 7.0");
        assert_eq!(typed("high", "uint16").unwrap(), "uint16 8191");
        assert!(typed("high", "int8").is_err());
        assert!(typed("inner", "int64").is_err());
        assert!(typed("inner", "handle").unwrap().contains("handle"));
        assert_eq!(typed("name", "string8").unwrap(), "string8 \"\"");
    }

    #[test]
    fn elements_of_any_array_are_read_and_written() {
        let header = Header::new();
        let record = header.made("struct record");
        let (few, numbers) = (header.get("few", &record), header.made("double[4]"));
        for (array, given) in [(&few, metaffi_value::from(5_i64)), (&numbers, 1.5.into())] {
            header.call("item,setter", &[**array, 2_i64.into(), given]).unwrap();
        }
        let at = |of: &metaffi_value, index: i64| {
            header.call("item", &[*of, index.into()]).map(|mut returns| shown(&returns.remove(0)))
        };
        assert_eq!(at(&few, 2).unwrap(), "int16 5");
        assert_eq!(at(&numbers, 2).unwrap(), "float64 1.5");
        for index in [4, -1, i64::MAX, i64::MIN] {
            assert_eq!(at(&numbers, index).unwrap_err().status(), Status::NotFound, "{index}");
        }
        assert_eq!(at(&record, 0).unwrap_err().status(), Status::TypeMismatch);
    }

    #[test]
    fn what_is_not_there_and_what_cannot_be_is_refused() {
        let header = Header::new();
        let record = header.made("struct record");
        let failure = |path: &str| header.call(path, &[*record]).unwrap_err();
        let missing = failure("attribute=numbr,instance_required");
        assert_eq!(missing.status(), Status::NotFound);
        assert!(missing.message().contains("`numbr`"), "{missing}");
        let fixed = header.set("fixed", &record, 1_i64.into()).unwrap_err();
        assert!(fixed.message().contains("const"), "{fixed}");
        let huge = header.set("number", &record, i64::MAX.into()).unwrap_err();
        assert_eq!(huge.status(), Status::OutOfRange);
        assert_eq!(failure("callable=number,instance_required").status(), Status::Unsupported);
        assert_eq!(failure("item,deleter").status(), Status::Unsupported);
        assert_eq!(failure("item=number").status(), Status::Unsupported);
        for path in ["attribute=number", "item,instance_required", "item,address"] {
            assert_eq!(failure(path).status(), Status::Syntax, "{path}");
        }
        let stale = *header.made("struct record");
        let path = "attribute=number,instance_required";
        assert_eq!(header.call(path, &[stale]).unwrap_err().status(), Status::InvalidHandle);
        let no_object = header.entity(path, [Some(&["int64"]), None]).err().unwrap();
        assert!(no_object.message().contains("the first parameter is the object"), "{no_object}");
    }
}
