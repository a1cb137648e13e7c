//! A defect in an operation is an error of that operation, where panics are kept.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use super::{
    asynchronous::*, attribute::*, awaited::*, buffer::*, call::*, comparison::*, context::*,
    exchange::*, item::*, iteration::*, member::*, number::*, source::*, text::*, type_object::*,
    visit::*, *,
};
use crate::abi::*;
use crate::capi::error::{metaffi_error_free, metaffi_error_message};
use crate::capi::name::metaffi_name_intern;
use crate::handle::{Extension, ForeignObject, ObjectType};
use crate::object::{Capabilities, Protocol, SourceLocation, TextKind, Visit, used_by};

/// Whatever it is asked, asking what it can do is a defect.
struct Defective;

struct DefectiveProtocol;

static PROTOCOL: &dyn Protocol = &DefectiveProtocol;

impl Protocol for DefectiveProtocol {
    fn capabilities(&self, _: Key) -> Result<Capabilities> {
        panic!("index {} too large", 7)
    }

    fn truth(&self, object: Key) -> Result<bool> {
        self.capabilities(object).map(|_| true)
    }

    fn hash(&self, object: Key) -> Result<u64> {
        self.capabilities(object).map(|_| 0)
    }

    fn visit(&self, object: Key, _: &mut Visit<'_>) -> Result<()> {
        self.capabilities(object).map(|_| ())
    }

    fn text(&self, object: Key, _: TextKind) -> Result<String> {
        self.capabilities(object).map(|_| String::new())
    }

    fn source(&self, object: Key) -> Result<Option<SourceLocation>> {
        self.capabilities(object).map(|_| None)
    }
}

impl ObjectType for Defective {
    const EXTENSION: Extension = used_by(&PROTOCOL);
}

impl ForeignObject for Defective {
    fn runtime(&self) -> &str {
        "host"
    }

    fn type_name(&self) -> String {
        "Defective".to_owned()
    }

    fn identity(&self) -> u64 {
        0
    }
}

/// Functions that ask an object nothing.
const ASK_NOTHING: [&str; 10] = [
    "clone",
    "free",
    "identity",
    "new",
    "new_arrow_array",
    "new_arrow_stream",
    "new_dlpack",
    "new_dlpack_unversioned",
    "runtime",
    "type_name",
];

#[test]
fn a_defect_in_any_operation_is_its_error() {
    let key = crate::handle::insert_object(Arc::new(Defective)).unwrap();
    let object: *mut metaffi_object = ptr::without_provenance_mut(key);
    let mut called = ASK_NOTHING.map(|name| format!("metaffi_object_{name}")).to_vec();
    called.push("metaffi_object_userdata".to_owned());
    let mut error = ptr::null_mut();
    let mut name = ptr::null();
    // SAFETY: a text and a place.
    assert_eq!(unsafe { metaffi_name_intern(c"a".as_ptr(), &raw mut name, &raw mut error) }, 0);

    /// Calls an operation and looks at its error.
    macro_rules! defective {
        ($($operation:ident($($argument:expr),*);)*) => {$({
            called.push(stringify!($operation).to_owned());
            // SAFETY: the arguments are what the function demands.
            unsafe {
                let status = $operation($($argument,)* &raw mut error);
                assert_eq!(status, METAFFI_STATUS_INTERNAL, stringify!($operation));
                let message = std::ffi::CStr::from_ptr(metaffi_error_message(error));
                let message = message.to_str().unwrap();
                assert!(message.ends_with("report it: index 7 too large"), "{message}");
                metaffi_error_free(error);
            }
        })*};
    }

    let one = metaffi_value::from(1_i64);
    let one = &raw const one;
    let root = metaffi_value { r#type: metaffi_handle_type, data: metaffi_payload { object } };
    let mut visitor = MaybeUninit::<metaffi_visitor>::zeroed();
    // SAFETY: functions may be NULL.
    let visitor = unsafe {
        (*visitor.as_mut_ptr()).size = size_of::<metaffi_visitor>();
        visitor.assume_init()
    };
    let mut value = MaybeUninit::<metaffi_value>::zeroed();
    let to = value.as_mut_ptr();
    let (mut made, mut truth, mut count) = (ptr::null_mut::<metaffi_object>(), false, 0_usize);
    let (made, truth, count) = (&raw mut made, &raw mut truth, &raw mut count);
    let none = ptr::null::<*const metaffi_name>();
    let text = c"a".as_ptr();
    let mut schema = MaybeUninit::<ArrowSchema>::zeroed();
    let mut columns = MaybeUninit::<ArrowArray>::zeroed();
    let mut stream = MaybeUninit::<ArrowArrayStream>::zeroed();
    let (mut task, mut tensor, mut array) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    let (mut members, mut file, mut line) = (ptr::null_mut(), ptr::null_mut(), 0);
    let (mut bits, mut hash) = (0, 0);
    defective! {
        metaffi_object_capabilities(object, &raw mut bits);
        metaffi_object_get(object, name, to);
        metaffi_object_get_attribute(object, text, 1, to);
        metaffi_object_set(object, name, one);
        metaffi_object_set_attribute(object, text, 1, one);
        metaffi_object_get_item(object, one, to);
        metaffi_object_get_index(object, 1, to);
        metaffi_object_get_entry(object, name, to);
        metaffi_object_set_item(object, one, one);
        metaffi_object_set_index(object, 1, one);
        metaffi_object_set_entry(object, name, one);
        metaffi_object_slice(object, ptr::null(), ptr::null(), ptr::null(), made);
        metaffi_object_length(object, count);
        metaffi_object_contains(object, one, truth);
        metaffi_object_call(object, one, 1, none, 0, to);
        metaffi_object_construct(object, one, 1, none, 0, to);
        metaffi_object_invoke(object, name, one, 1, none, 0, to);
        metaffi_object_iterate(object, METAFFI_ITERATE_ITSELF, made);
        metaffi_object_next(object, to, 1, count);
        metaffi_object_send(object, METAFFI_SEND_VALUE, one, ptr::null(), to, truth);
        metaffi_object_compare(object, METAFFI_LESS, one, truth);
        metaffi_object_hash(object, &raw mut hash);
        metaffi_object_truth(object, truth);
        metaffi_object_text(object, METAFFI_TEXT_DISPLAY, to);
        metaffi_object_source(object, &raw mut file, &raw mut line);
        metaffi_object_number(object, to);
        metaffi_object_type(object, made);
        metaffi_object_parents(object, &raw mut array);
        metaffi_object_is_instance(object, object, truth);
        metaffi_object_members(object, &raw mut members, count);
        metaffi_object_enter(object, to);
        metaffi_object_exit(object, ptr::null(), truth);
        metaffi_object_buffer(object, false, &raw mut array);
        metaffi_object_dlpack(object, &raw mut tensor);
        metaffi_object_arrow_array(object, schema.as_mut_ptr(), columns.as_mut_ptr());
        metaffi_object_arrow_schema(object, schema.as_mut_ptr());
        metaffi_object_arrow_stream(object, stream.as_mut_ptr());
        metaffi_object_iterate_async(object, made);
        metaffi_object_next_async(object, made);
        metaffi_object_close_async(object, made);
        metaffi_object_enter_async(object, made);
        metaffi_object_exit_async(object, ptr::null(), made);
        metaffi_object_await(object, None, ptr::null_mut(), None, &raw mut task);
        metaffi_object_visit(&root, ptr::null(), &visitor, ptr::null_mut());
        metaffi_object_convert(&root, ptr::null(), to);
    }
    assert_eq!(metaffi_object_free(object), METAFFI_OK);

    let symbols = include_str!("../../../symbols.txt").lines();
    let mut exported: Vec<&str> =
        symbols.filter(|symbol| symbol.starts_with("metaffi_object_")).collect();
    exported.retain(|symbol| !called.iter().any(|called| called == symbol));
    assert_eq!(exported, [""; 0], "operations that are not tried here");
}
