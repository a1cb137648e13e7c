//! [`CallbackShapes`]: what Python keeps with the type of a C function pointer.

use std::sync::Arc;

use super::shape::CallbackShape;
use crate::call::FunctionPointerType;
use crate::fork::Lock;
use crate::python::upcall::callable::FunctionTypes;
use crate::signature::Kind;

/// How functions are called through pointers of a type.
pub(super) struct CallbackShapes {
    pub(super) natural: CallbackShape,
    /// For functions that declare types of their own, by those.
    declared: Lock<Vec<(DeclaredKinds, Box<CallbackShape>)>>,
}

/// What a function declares, as far as it matters how it is called.
type DeclaredKinds = (Vec<Kind>, Vec<Kind>, usize, bool);

impl CallbackShapes {
    /// Those of a type, compiled the first time.
    pub(super) fn of(of: &Arc<FunctionPointerType>) -> &CallbackShapes {
        let kept = of.host.get_or_init(|| {
            let natural = CallbackShape::natural(of);
            Box::new(CallbackShapes { natural, declared: Lock::new(Vec::new()) })
        });
        kept.downcast_ref().expect("Python alone keeps something with it")
    }

    /// For a function that declares types; `None` if it does not take what C gives.
    pub(super) fn declared(
        &self,
        of: &FunctionPointerType,
        FunctionTypes { signature, required }: &FunctionTypes,
    ) -> Option<&CallbackShape> {
        let params = || signature.params.iter().map(|param| param.info.r#type.kind());
        let returns = || signature.returns.iter().map(|info| info.r#type.kind());
        let rest = (*required, signature.variadic);
        let is_that = |(kinds, _): &(DeclaredKinds, _)| {
            params().eq(kinds.0.iter().copied())
                && returns().eq(kinds.1.iter().copied())
                && (kinds.2, kinds.3) == rest
        };
        let mut known = self.declared.lock();
        let index = match known.iter().position(is_that) {
            Some(index) => index,
            None => {
                let shape = CallbackShape::declared(of, signature, *required)?;
                let kinds = (params().collect(), returns().collect(), rest.0, rest.1);
                known.push((kinds, Box::new(shape)));
                known.len() - 1
            }
        };
        let shape: *const CallbackShape = &*known[index].1;
        // SAFETY: in a box of its own, which stays as long as this does.
        Some(unsafe { &*shape })
    }
}
