//! What an object has is reached by entity paths that name no class.

use metaffi::abi::metaffi_value;
use metaffi::error::{Result, Status};
use metaffi::handle::{self, HandleKind};
use metaffi::signature::Kind;
use metaffi::value::{self, OwnedValue};

use super::{Suite, call, call_one, int64};

impl Suite<'_> {
    /// Attributes, items, entries and methods.
    pub(super) fn parts_of_objects_are_reached_without_a_class(&self) {
        let make = self.load("make", &[Kind::Int64], &[Kind::Handle]);
        let object = call_one(&make, &[7_i64.into()]).expect("make");
        let number = "attribute=number,instance_required";
        let read = || int64(&self.part(number, &[*object]).expect("the number"));
        assert_eq!(read(), 7);
        self.put(&format!("{number},setter"), &[*object, 8_i64.into()]).expect("it is written");
        assert_eq!(read(), 8);
        let missing = self.part("attribute=numbr,instance_required", &[*object]);
        let error = missing.expect_err("there is no such attribute");
        assert_eq!(error.status(), Status::NotFound, "{error}");
        assert!(error.message().contains("number"), "{error}");

        let list = self.held("attribute=list,instance_required", &[*object]);
        let item = |at: i64| self.part("item", &[*list, at.into()]);
        assert_eq!(int64(&item(1).expect("an item")), 2);
        self.put("item,setter", &[*list, 1_i64.into(), 9_i64.into()]).expect("it is written");
        assert_eq!(int64(&item(1).expect("an item")), 9);
        for outside in [3, i64::MAX, i64::MIN] {
            let error = item(outside).expect_err("there is no such item");
            assert_eq!(error.status(), Status::NotFound, "{outside}: {error}");
        }
        self.the_first_argument_is_the_object(number);

        let (sum, entry) = ("callable=plus,instance_required", "item=one");
        if !self.subject.has_methods {
            for path in [sum, entry] {
                let params = [Kind::Handle, Kind::Any];
                let loaded =
                    self.try_load(path, &params[..=usize::from(path == sum)], &[Kind::Any]);
                let error = loaded.err().expect("nothing that has it");
                assert_eq!(error.status(), Status::Unsupported, "{path}: {error}");
            }
            return;
        }
        assert_eq!(int64(&self.part(sum, &[*object, 2_i64.into()]).expect("a method")), 10);
        let missing = self.part("callable=pluss,instance_required", &[*object, 2_i64.into()]);
        let error = missing.expect_err("there is no such method");
        assert_eq!(error.status(), Status::NotFound, "{error}");
        assert!(error.message().contains("plus"), "{error}");
        let map = self.held("attribute=map,instance_required", &[*object]);
        let one = || self.part(entry, &[*map]);
        assert_eq!(int64(&one().expect("an entry")), 1);
        self.put("item=one,setter", &[*map, 5_i64.into()]).expect("it is written");
        assert_eq!(int64(&one().expect("an entry")), 5);
        self.put("item=one,deleter", &[*map]).expect("it is deleted");
        let error = one().expect_err("there is no such entry");
        assert_eq!(error.status(), Status::NotFound, "{error}");
    }

    /// Nothing, what has ended, and what is no object are refused before anything is looked up.
    fn the_first_argument_is_the_object(&self, path: &str) {
        let error = self.part(path, &[value::object(std::ptr::null_mut())]).expect_err("no object");
        assert!(["NULL", "None"].iter().any(|no| error.message().contains(no)), "{error}");
        let error = self.part(path, &[3_i64.into()]).expect_err("a number is no object");
        assert_eq!(error.status(), Status::TypeMismatch, "{error}");
        let make = self.load("make", &[Kind::Int64], &[Kind::Handle]);
        let object = call_one(&make, &[1_i64.into()]).expect("make").into_raw();
        // SAFETY: a handle.
        let key = unsafe { object.data.object }.addr();
        handle::free(key, HandleKind::Object).expect("it is ours");
        let error = self.part(path, &[object]).expect_err("it is freed");
        assert_eq!(error.status(), Status::InvalidHandle, "{error}");
        self.still_works();
    }

    fn part(&self, path: &str, arguments: &[metaffi_value]) -> Result<OwnedValue> {
        call_one(&*self.try_load(path, &kinds(arguments.len()), &[Kind::Any])?, arguments)
    }

    /// The same as an object, whatever it would be as a value.
    fn held(&self, path: &str, arguments: &[metaffi_value]) -> OwnedValue {
        let part = self.try_load(path, &kinds(arguments.len()), &[Kind::Handle]).expect(path);
        call_one(&part, arguments).expect(path)
    }

    fn put(&self, path: &str, arguments: &[metaffi_value]) -> Result<()> {
        call(&*self.try_load(path, &kinds(arguments.len()), &[])?, arguments).map(drop)
    }
}

/// An object, and any values.
fn kinds(count: usize) -> Vec<Kind> {
    (0..count).map(|index| if index == 0 { Kind::Handle } else { Kind::Any }).collect()
}
