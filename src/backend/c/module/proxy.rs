//! C data as hosts see it.

use std::any::Any;
use std::mem;
use std::ptr;
use std::sync::{Arc, Weak};

use crate::abi::metaffi_value;
use crate::backend::c::convert::{access, initialise, text_view};
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Pointee, PointeeKind, Representation};
use crate::backend::c::data::lvalue::Lvalue;
use crate::backend::c::data::ownership::owned;
use crate::backend::c::data::referents::{self, Referent};
use crate::backend::proxy::{BorrowedMemory, HostReference};
use crate::backend::{Layout, Proxy};
use crate::error::{Error, Result};
use crate::handle::{self, Key, pin::CallScope};
use crate::signature::Kind;
use crate::value::array::View;
use crate::value::{self, OwnedValue};

/// An object of this runtime.
pub(in crate::backend::c) struct DataProxy(Arc<CData>);

impl DataProxy {
    pub(in crate::backend::c) fn new(object: Arc<CData>) -> DataProxy {
        DataProxy(object)
    }

    fn find<R>(
        &self,
        path: &str,
        look: impl for<'a> FnOnce(&'a CallScope, Lvalue<'a>) -> Result<R>,
    ) -> Result<R> {
        handle::using(|scope| look(scope, Lvalue::find(scope, (&self.0).into(), path)?))
    }

    /// How many references to an object whoever has this has: its handle's, this, and those of what
    /// was borrowed.
    fn known(&self, borrowed: &[&BorrowedMemory]) -> impl Fn(*const CData) -> usize {
        move |object| {
            let borrows = |borrowed: &&&BorrowedMemory| {
                let owner = borrowed.owner().and_then(|owner| owner.downcast_ref::<GiveBack>());
                owner.is_some_and(|owner| ptr::eq(Arc::as_ptr(&owner.0), object))
            };
            let own = if ptr::eq(Arc::as_ptr(&self.0), object) { 2 } else { 0 };
            own + borrowed.iter().filter(borrows).count()
        }
    }
}

impl Proxy for DataProxy {
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

    unsafe fn borrow_target(&self) -> Result<BorrowedMemory> {
        self.find("*", |scope, lvalue| {
            lvalue.check()?;
            borrow(scope, &lvalue, lvalue.room())
        })
    }

    fn address(&self) -> Result<usize> {
        handle::using(|scope| match self.0.ctype().class {
            Representation::Pointer(_) => Ok(self.0.pointer_value(scope)?.expose_provenance()),
            _ => Ok(self.0.memory(scope)?.address().expose_provenance()),
        })
    }

    fn length(&self) -> Option<usize> {
        self.find("", |_, lvalue| Ok(lvalue.elements()?.1)).ok().flatten()
    }

    unsafe fn get(&self, path: &str) -> Result<OwnedValue> {
        // SAFETY: what pointers on the path point to is there.
        unsafe { access::read(&self.0, path) }
    }

    unsafe fn set(
        &self,
        path: &str,
        value: &metaffi_value,
        keeper: Option<HostReference>,
    ) -> Result<()> {
        let pointer =
            self.find(path, |scope, lvalue| match (lvalue.ctype.class, lvalue.owner) {
                (Representation::Pointer(pointee), Some(owner)) => {
                    let root = owner.root(scope)?.to_arc();
                    Ok(Some((lvalue.ctype.clone(), pointee, lvalue.address.addr(), root)))
                }
                _ => Ok(None),
            })?;
        // SAFETY: what pointers on the path point to is there; the value is what its type says.
        unsafe {
            let Some((ctype, pointee, address, root)) = pointer else {
                return access::write(&self.0, path, value);
            };
            let target = PointerTarget::of(&ctype, pointee, value, keeper)?;
            access::write(&self.0, path, target.made.as_deref().unwrap_or(value))?;
            root.hold(address, target.thing.filter(|thing| !thing.is(&root)));
        }
        Ok(())
    }

    fn visit_referents(&self, borrowed: &[&BorrowedMemory], see: &mut dyn FnMut(&dyn Any)) {
        owned(&self.0, self.known(borrowed), |held| {
            held.for_each(|thing| match thing {
                Referent::Kept(_, keeper) => see(&**keeper),
                Referent::Callable(callable) => see(callable),
                Referent::Data(_) => {}
            });
        });
    }

    fn take_referents(&self, borrowed: &[&BorrowedMemory]) -> Option<Box<dyn Any>> {
        let mut things = ReleasedReferents(vec![]);
        owned(&self.0, self.known(borrowed), |held| things.0.extend(held.take()));
        Some(Box::new(things))
    }

    unsafe fn part(&self, path: &str, name: &str) -> Result<String> {
        self.find(path, |_, lvalue| {
            Ok(match (lvalue.ctype.class, path) {
                (Representation::Pointer(_), _) => format!("{path}->{name}"),
                (_, "") => name.to_owned(),
                _ => format!("{path}.{name}"),
            })
        })
    }

    unsafe fn layout_at(&self, path: &str) -> Result<Option<Arc<Layout>>> {
        self.find(path, |_, lvalue| match lvalue.bits {
            Some(_) => Ok(None),
            None => Ok(lvalue.ctype.layout()),
        })
    }

    unsafe fn text(&self) -> Result<OwnedValue> {
        // SAFETY: what it points to is there, and ends as text does.
        unsafe { text_view::string(&self.0, usize::MAX) }
    }

    unsafe fn pointer_to(&self, path: &str) -> Result<Key> {
        // SAFETY: what pointers on the path point to is there.
        unsafe { access::address_of(&self.0, path) }?.into_handle().map(<*mut _>::addr)
    }
}

/// What nobody needs any more.
struct ReleasedReferents(Vec<Referent>);

impl Drop for ReleasedReferents {
    fn drop(&mut self) {
        referents::let_go(mem::take(&mut self.0));
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

/// What a pointer is made to point to.
struct PointerTarget {
    /// What is written in place of the value that was given.
    made: Option<OwnedValue>,
    /// What has to stay alive.
    thing: Option<Referent>,
}

impl PointerTarget {
    /// # Safety
    /// The value is what its type says.
    unsafe fn of(
        ctype: &CType,
        pointee: Pointee,
        value: &metaffi_value,
        keeper: Option<HostReference>,
    ) -> Result<PointerTarget> {
        let kept = |thing| Ok(PointerTarget { made: None, thing });
        // SAFETY: the value is what its type says.
        unsafe {
            match value::kind_of(value)? {
                Kind::Handle => kept(pointed_into(value.data.object.addr(), keeper)?),
                Kind::Callable if !value.data.callable.is_null() => kept(Some(match keeper {
                    Some(keeper) => Referent::Kept(Weak::new(), keeper),
                    None => Referent::Callable(handle::get(value.data.callable.addr())?),
                })),
                Kind::String8 | Kind::String16 | Kind::String32 | Kind::Array
                    if pointee.size > 0 =>
                {
                    let object = elements(ctype, pointee, value)?;
                    let key = handle::insert_object(object.clone())?;
                    let made = value::object(std::ptr::without_provenance_mut(key));
                    let made = Some(OwnedValue::from_raw(made));
                    Ok(PointerTarget { made, thing: Some(Referent::Data(object)) })
                }
                _ => kept(None),
            }
        }
    }
}

/// What a pointer keeps alive that gets the address that an object stands for.
fn pointed_into(key: Key, keeper: Option<HostReference>) -> Result<Option<Referent>> {
    let Ok(object) = handle::get::<CData>(key) else { return Ok(None) };
    // What a pointer was made to point to later, its own keeper need not keep.
    let (target, keeper) = match object.ctype().class {
        Representation::Pointer(_) => handle::using(|scope| {
            let to_arc = |target: Option<BorrowedCData>| target.map(BorrowedCData::to_arc);
            Ok::<_, Error>(match object.kept(scope)? {
                None => (to_arc(object.target(scope)?), None),
                kept => (to_arc(kept), keeper),
            })
        })?,
        _ => (Some(object.root()?), keeper),
    };
    Ok(target.map(|target| match keeper {
        Some(keeper) => Referent::Kept(target.watch(), keeper),
        None => Referent::Data(target),
    }))
}

/// Memory for values that a pointer is to point to, which may be written until it does. Bytes get
/// the NUL that C may look for, pointers the NULL, and what they point to is kept in turn.
unsafe fn elements(ctype: &CType, pointee: Pointee, value: &metaffi_value) -> Result<Arc<CData>> {
    let types = &ctype.types;
    let array = types.passing(|| types.array(pointee.bare, None))?;
    let ended = pointee.size == 1 || pointee.kind == PointeeKind::Pointer;
    // SAFETY: the value is what its type says.
    unsafe {
        if value::kind_of(value)? != Kind::Array || !ended {
            return initialise::new(array, Some(value)).map(Arc::new);
        }
        let given = value.data.array;
        let length = View::new(given)?.shape()[0];
        let object = Arc::new(initialise::new_array(array, length + 1)?);
        if pointee.kind != PointeeKind::Pointer {
            access::write(&object, "", value)?;
            return Ok(object);
        }
        let proxy = DataProxy(object);
        for index in 0..length {
            proxy
                .set(&format!("[{index}]"), &*value::array::get(given, &[index])?, None)
                .map_err(|error| error.context(format_args!("element {index}")))?;
        }
        Ok(proxy.0)
    }
}

#[cfg(test)]
#[path = "proxy_tests.rs"]
mod tests;
