use std::mem::MaybeUninit;

use super::lend;
use crate::abi::{metaffi_array, metaffi_value};
use crate::error::{Error, Result};
use crate::handle::{Key, Twin};
use crate::kit::Owner;
use crate::object::exchange::{OwnedColumns, OwnedSchema, OwnedStream, Tensor};
use crate::object::memory::ObjectMemory;
use crate::object::task::Completion;
use crate::object::{
    AttributeName, CallArguments, Capabilities, Comparison, Iteration, ObjectMember, Protocol,
    Resumption, SourceLocation, TextKind, ValuePlace, Visit,
};

/// Uses objects on the thread that their runtime belongs to.
pub struct PostedProtocol {
    owner: &'static Owner,
    protocol: &'static dyn Protocol,
}

impl PostedProtocol {
    /// A protocol like `protocol` for every thread.
    pub const fn of(owner: &'static Owner, protocol: &'static dyn Protocol) -> PostedProtocol {
        PostedProtocol { owner, protocol }
    }

    fn ask<R>(&self, ask: impl FnOnce(&'static dyn Protocol) -> Result<R>) -> Result<R> {
        lend(self.owner, || ask(self.protocol))
    }
}

macro_rules! asked_there {
    ($(fn $name:ident($object:ident $(, $argument:ident: $type:ty)*) -> $result:ty;)*) => {$(
        fn $name(&self, $object: Key $(, $argument: $type)*) -> Result<$result> {
            self.ask(move |protocol| protocol.$name($object $(, $argument)*))
        }
    )*};
}

macro_rules! asked_there_with_values {
    ($(fn $name:ident($object:ident $(, $argument:ident: $type:ty)*) -> $result:ty;)*) => {$(
        unsafe fn $name(&self, $object: Key $(, $argument: $type)*) -> Result<$result> {
            // SAFETY: the values are what their types say.
            self.ask(move |protocol| unsafe { protocol.$name($object $(, $argument)*) })
        }
    )*};
}

impl Protocol for PostedProtocol {
    asked_there! {
        fn capabilities(object) -> Capabilities;
        fn get_attribute(object, name: AttributeName<'_>, to: ValuePlace<'_>) -> ();
        fn members(object) -> Vec<ObjectMember>;
        fn get_index(object, index: i64, to: ValuePlace<'_>) -> ();
        fn get_entry(object, key: AttributeName<'_>, to: ValuePlace<'_>) -> ();
        fn slice(object, start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Key;
        fn length(object) -> usize;
        fn iterate(object, iteration: Iteration) -> Key;
        fn next(iterator, to: &mut [MaybeUninit<metaffi_value>]) -> usize;
        fn iterate_async(object) -> Key;
        fn next_async(iterator) -> Key;
        fn close_async(iterator) -> Key;
        fn start(object, completion: Completion) -> ();
        fn hash(object) -> u64;
        fn truth(object) -> bool;
        fn text(object, kind: TextKind) -> String;
        fn type_of(object) -> Key;
        fn parents(r#type) -> Vec<Key>;
        fn is_instance(object, r#type: Key) -> bool;
        fn enter(object, to: ValuePlace<'_>) -> ();
        fn exit(object, failure: Option<&Error>) -> bool;
        fn enter_async(object) -> Key;
        fn exit_async(object, failure: Option<&Error>) -> Key;
        fn buffer(object, writable: bool) -> *mut metaffi_array;
        fn tensor(object) -> Tensor;
        fn columns(object) -> (OwnedSchema, OwnedColumns);
        fn schema(object) -> OwnedSchema;
        fn stream(object) -> OwnedStream;
        fn memory(object) -> Option<Box<dyn ObjectMemory>>;
        fn visit(object, visit: &mut Visit<'_>) -> ();
        fn number(object, to: ValuePlace<'_>) -> ();
        fn source(object) -> Option<SourceLocation>;
    }

    asked_there_with_values! {
        fn set_attribute(object, name: AttributeName<'_>, value: Option<&metaffi_value>) -> ();
        fn get_item(object, key: &metaffi_value, to: ValuePlace<'_>) -> ();
        fn set_entry(object, key: AttributeName<'_>, value: Option<&metaffi_value>) -> ();
        fn set_index(object, index: i64, value: Option<&metaffi_value>) -> ();
        fn set_item(object, key: &metaffi_value, value: Option<&metaffi_value>) -> ();
        fn contains(object, value: &metaffi_value) -> bool;
        fn call(object, arguments: CallArguments<'_>, to: ValuePlace<'_>) -> ();
        fn construct(object, arguments: CallArguments<'_>, to: ValuePlace<'_>) -> ();
        fn invoke(
            object,
            name: AttributeName<'_>,
            arguments: CallArguments<'_>,
            to: ValuePlace<'_>
        ) -> ();
        fn send(generator, with: Resumption<'_>, to: ValuePlace<'_>) -> bool;
        fn compare(object, comparison: Comparison, with: &metaffi_value) -> bool;
    }

    // What a runtime shows it as is said under that runtime's lock, where nobody waits for a thread.

    fn is_quick(&self, object: Key) -> bool {
        self.protocol.is_quick(object)
    }

    fn shadow(&self, object: Key, of: Twin) -> *mut () {
        self.protocol.shadow(object, of)
    }

    fn set_shadow(&self, object: Key, of: Twin, shadow: *mut ()) {
        self.protocol.set_shadow(object, of, shadow);
    }
}

#[cfg(test)]
mod tests {
    use std::thread::{self, ThreadId};

    use super::*;
    use crate::error::Status;
    use crate::fork::Lock;

    /// Notes the threads on which it is used.
    struct Noting(Lock<Vec<ThreadId>>);

    static NOTING: Noting = Noting(Lock::new(Vec::new()));

    impl Protocol for Noting {
        fn capabilities(&self, _: Key) -> Result<Capabilities> {
            Ok(Capabilities::CALL)
        }

        fn truth(&self, object: Key) -> Result<bool> {
            self.0.lock().push(thread::current().id());
            Ok(object == 1)
        }

        fn text(&self, _: Key, _: TextKind) -> Result<String> {
            panic!("not today")
        }

        unsafe fn get_item(&self, _: Key, key: &metaffi_value, to: ValuePlace<'_>) -> Result<()> {
            // SAFETY: a number, as the test gives.
            let number = unsafe { key.data.int64 };
            self.0.lock().push(thread::current().id());
            to.write((2 * number).into());
            Ok(())
        }
    }

    #[test]
    fn objects_are_used_on_the_thread_that_they_belong_to() {
        static OWNER: Owner = Owner::new();
        static POSTED: PostedProtocol = PostedProtocol::of(&OWNER, &NOTING);
        assert!(POSTED.truth(1).unwrap_err().message().contains("not in this process"));
        let owner = OWNER.start("kit", || Ok(thread::current().id())).unwrap();
        assert!(POSTED.truth(1).unwrap() && !POSTED.truth(2).unwrap());
        let mut item = MaybeUninit::uninit();
        // SAFETY: a number; what is read was written.
        let doubled = unsafe {
            POSTED.get_item(1, &21_i64.into(), &mut item).unwrap();
            item.assume_init().data.int64
        };
        assert_eq!(doubled, 42);
        assert_eq!(*NOTING.0.lock(), [owner; 3]);
        // What an operation cannot do, or throws, is said as it is.
        let Err(refused) = POSTED.length(1) else { panic!("it has a length") };
        assert_eq!(refused.status(), NOTING.length(1).unwrap_err().status());
        let thrown = POSTED.text(1, TextKind::Safe).unwrap_err();
        assert_eq!(thrown.status(), Status::Internal);
        // There it is used at once, also while it is away.
        let inside = OWNER.run(|| {
            OWNER.away(|| {
                let elsewhere = thread::spawn(|| POSTED.truth(1).unwrap_err().status());
                (POSTED.truth(1).unwrap(), elsewhere.join().unwrap())
            })
        });
        assert_eq!(inside.unwrap(), (true, Status::Unsupported));
    }
}
