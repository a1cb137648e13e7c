//! [`LentData`]: the memory of C data, lent to hosts.

use std::sync::Arc;

use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::Representation;
use crate::backend::c::data::lvalue::Lvalue;
use crate::backend::c::data::referents::Referent;
use crate::error::Result;
use crate::handle::{self, pin::CallScope};
use crate::object::layout::Layout;
use crate::object::memory::{BorrowedMemory, HostReference, ObjectMemory};

/// Data whose memory hosts look into.
pub(super) struct LentData(Arc<CData>);

impl LentData {
    pub(super) fn new(object: Arc<CData>) -> LentData {
        LentData(object)
    }

    fn find<R>(
        &self,
        path: &str,
        look: impl for<'a> FnOnce(&'a CallScope, Lvalue<'a>) -> Result<R>,
    ) -> Result<R> {
        handle::using(|scope| look(scope, Lvalue::find(scope, (&self.0).into(), path)?))
    }
}

impl ObjectMemory for LentData {
    fn layout(&self) -> Option<Arc<Layout>> {
        self.0.ctype().layout()
    }

    fn borrow_memory(&self) -> Result<BorrowedMemory> {
        self.find("", |scope, lvalue| {
            let size = match lvalue.ctype.is_open_ended() {
                true => lvalue.room(),
                false => Some(lvalue.ctype.size),
            };
            borrow(scope, &lvalue, size)
        })
    }

    fn borrow_target(&self) -> Result<Option<BorrowedMemory>> {
        if self.address()? == 0 {
            return Ok(None);
        }
        self.find("*", |scope, lvalue| borrow(scope, &lvalue, lvalue.room()).map(Some))
    }

    fn address(&self) -> Result<usize> {
        handle::using(|scope| match self.0.ctype().class {
            Representation::Pointer(_) => Ok(self.0.pointer_value(scope)?.expose_provenance()),
            _ => Ok(self.0.memory(scope)?.address().expose_provenance()),
        })
    }

    fn keep(&self, address: *const u8, referent: Option<HostReference>) -> Result<()> {
        self.0.root()?.hold(address.addr(), referent.map(Referent::Kept));
        Ok(())
    }
}

/// Ends a loan.
struct GiveBack(Arc<CData>);

impl Drop for GiveBack {
    fn drop(&mut self) {
        self.0.give_back();
    }
}

/// Lends the memory of an lvalue, whoever's it is.
fn borrow<'a>(
    scope: &'a CallScope,
    lvalue: &Lvalue<'a>,
    size: Option<usize>,
) -> Result<BorrowedMemory> {
    let owner = match lvalue.owner {
        None => None,
        Some(owner) => {
            let root = owner.root(scope)?.to_arc();
            root.add_view()?;
            Some(Box::new(GiveBack(root)) as _)
        }
    };
    Ok(BorrowedMemory::new(lvalue.address, size, lvalue.constant, owner))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::metaffi_value;
    use crate::backend::c::testing::{Header, list, object};
    use crate::error::Status;
    use crate::object::layout::LayoutKind;

    fn memory_of(object: &Arc<CData>) -> (Box<dyn ObjectMemory>, handle::Key) {
        let key = handle::insert_object(object.clone()).unwrap();
        (crate::object::of(key).unwrap().memory(key).unwrap().unwrap(), key)
    }

    #[test]
    fn lent_memory_stays_until_it_is_given_back() {
        let header = Header::new("struct point { int x; short y; };");
        let data = header.value("struct point", &list(&[1.into(), 2.into()]));
        let (point, _) = memory_of(&data);
        let borrowed = point.borrow_memory().unwrap();
        assert_eq!(
            (borrowed.size(), borrowed.address().addr()),
            (Some(8), point.address().unwrap())
        );
        assert!(data.release().is_err());
        // SAFETY: borrowed, and an int is there.
        assert_eq!(unsafe { borrowed.address().cast::<i32>().read() }, 1);
        drop(borrowed);
        data.release().unwrap();
        assert_eq!(point.borrow_memory().err().unwrap().status(), Status::InvalidHandle);
    }

    #[test]
    fn a_pointer_lends_what_it_keeps() {
        let header = Header::new("struct point { int x; short y; };");
        let data = header.zeroed("struct point");
        let (pointer, _) = memory_of(&header.value("struct point *", &object(&data)));
        assert!(matches!(
            pointer.layout().unwrap().kind,
            LayoutKind::Pointer { code: false, any: false }
        ));
        let target = pointer.borrow_target().unwrap().unwrap();
        assert_eq!((target.size(), target.is_kept()), (Some(8), true));
        assert!(memory_of(&header.zeroed("struct point *")).0.borrow_target().unwrap().is_none());
        let address: metaffi_value = (pointer.address().unwrap() as u64).into();
        let (unknown, _) = memory_of(&header.value("struct point *", &address));
        let target = unknown.borrow_target().unwrap().unwrap();
        assert_eq!((target.size(), target.is_kept()), (None, false));
    }

    #[test]
    fn what_is_kept_lives_as_long_as_the_memory() {
        let header = Header::new("struct node { struct node *next; };");
        let data = header.zeroed("struct node");
        let (node, key) = memory_of(&data);
        let (first, second) = (Arc::new(()), Arc::new(()));
        let at = node.borrow_memory().unwrap().address();
        node.keep(at, Some(Box::new(first.clone()))).unwrap();
        node.keep(at, Some(Box::new(second.clone()))).unwrap();
        assert_eq!((Arc::strong_count(&first), Arc::strong_count(&second)), (1, 2));
        drop((node, data));
        assert_eq!(Arc::strong_count(&second), 2);
        handle::free(key, handle::HandleKind::Object).unwrap();
        assert_eq!(Arc::strong_count(&second), 1);
    }

    #[test]
    fn a_function_takes_the_address_of_what_it_points_to_alone() {
        use crate::backend::Module as _;
        use crate::call::Passing;
        let module = crate::backend::c::Module::load("libc.so.6", &Default::default()).unwrap();
        module
            .declare("struct tm { int tm_sec; int rest[13]; }; struct other { int x; };")
            .unwrap();
        module.declare("long timegm(struct tm *tm);").unwrap();
        let path = crate::entity_path::EntityPath::parse("callable=timegm").unwrap();
        let timegm = module.load_entity(&path, None, None).unwrap();
        let Passing::Address { target: Some(target), .. } = timegm.callee().passing(0) else {
            panic!("no address")
        };
        // SAFETY: there is no initial value.
        let new = |name: &str| unsafe { module.new_object(name, None) }.unwrap();
        let takes = |name: &str| target.takes(new(name)).is_some();
        assert!(takes("struct tm") && takes("struct tm *") && takes("struct tm[2]"));
        assert!(!takes("struct other") && !takes("int") && !takes("struct other *"));
    }
}
