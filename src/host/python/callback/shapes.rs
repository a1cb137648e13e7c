//! [`CallbackShapes`]: what Python keeps with the type of a C function pointer.

use std::sync::Arc;

use super::shape::CallbackShape;
use crate::call::FunctionPointerType;
use crate::fork::Lock;
use crate::signature::{Kind, Signature};

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

    /// For a function of a signature, of which so many parameters have no default; `None` if it
    /// does not take what C gives.
    pub(super) fn declared(
        &self,
        of: &FunctionPointerType,
        signature: &Signature,
        required: usize,
    ) -> Option<&CallbackShape> {
        let params = signature.params.iter().map(|param| param.info.r#type.kind()).collect();
        let returns = signature.returns.iter().map(|info| info.r#type.kind()).collect();
        let kinds: DeclaredKinds = (params, returns, required, signature.variadic);
        let mut known = self.declared.lock();
        let found = known.iter().position(|(declared, _)| *declared == kinds);
        let index = match found {
            Some(index) => index,
            None => {
                let shape = CallbackShape::declared(of, signature, required)?;
                known.push((kinds, Box::new(shape)));
                known.len() - 1
            }
        };
        let shape: *const CallbackShape = &*known[index].1;
        // SAFETY: in a box of its own, which stays as long as this does.
        Some(unsafe { &*shape })
    }
}
