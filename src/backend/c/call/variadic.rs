//! Calls of variadic C functions: each is of a function that has what is behind `...` as parameters.

use std::sync::Arc;

use super::binding::Binding;
use super::function::CFunction;
use crate::abi::metaffi_slot;
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Format, Representation};
use crate::backend::c::types::Types;
use crate::call::{Function, guarded};
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::signature::{Kind, Parameter, Signature, Type, TypeInfo};

/// The types behind `...`, and the function that takes them.
pub(super) type LastVariadic = Option<(Vec<Type>, Arc<Function>)>;

impl CFunction {
    /// The function with the declared types of its fixed parameters, and `extra` after them.
    pub(super) fn variadic(&self, extra: &[Type]) -> Result<Arc<Function>> {
        let Some(last) = &self.last else {
            return Err(not_variadic());
        };
        if let Some((types, function)) = &*last.lock()
            && types == extra
        {
            return Ok(function.clone());
        }
        let function = self.with_extra(extra)?;
        // What is let go may run code of its own.
        let _before = last.lock().replace((extra.to_vec(), function.clone()));
        Ok(function)
    }

    /// To make it anew, with other types behind `...`.
    fn binding(&self) -> Result<Binding<'_>> {
        let whole = self.whole.as_ref().ok_or_else(not_variadic)?;
        let (types, id): (&Arc<Types>, _) = (&whole.types, whole.id);
        let (names, kept) = (self.names.as_ref(), self.kept.as_ref());
        Ok(Binding { types, id, code: self.code, names, kept })
    }

    fn with_extra(&self, extra: &[Type]) -> Result<Arc<Function>> {
        let (fixed, extra) = (self.signature.param_types(), extra.iter().copied());
        let params: Vec<TypeInfo> = fixed.iter().cloned().chain(extra.map(Into::into)).collect();
        self.binding()?.bind(Some(&params), Some(self.signature.return_types()))
    }

    /// The function that takes by value what C passes by value behind `...`, if there is any such
    /// object: what has no other form, as structs and long doubles.
    #[cold]
    pub(super) unsafe fn of_objects(
        &self,
        scope: &CallScope,
        frame: *const metaffi_slot,
    ) -> Result<Option<Arc<Function>>> {
        guarded(|| {
            let fixed = self.function.parameters.len();
            let mut ctypes: Vec<_> = self.params.iter().map(|param| param.ctype.clone()).collect();
            let mut found = false;
            for (param, ctype) in self.params.iter().zip(&mut ctypes).skip(fixed) {
                if param.r#type.kind() != Kind::Handle {
                    continue;
                }
                // SAFETY: `frame` has the layout of the signature.
                let key = unsafe { *frame.add(param.slot as usize) } as usize;
                if let Ok(object) = scope.get::<CData>(key)
                    && has_value_alone(object.ctype())
                {
                    *ctype = object.ctype().clone();
                    found = true;
                }
            }
            if !found {
                return Ok(None);
            }
            let params = self.signature.param_types().iter().cloned();
            let signature = Signature {
                params: params.map(Parameter::from).collect(),
                returns: self.signature.return_types().to_vec(),
                variadic: self.signature.is_variadic(),
            };
            self.binding()?.with_types(&self.function, signature, &ctypes).map(Some)
        })
    }
}

/// Whether an object of the type can only be given as a whole: numbers are given as numbers, and
/// an object of one is its address.
fn has_value_alone(ctype: &CType) -> bool {
    match ctype.class {
        Representation::Record
        | Representation::Wide { .. }
        | Representation::Complex(_)
        | Representation::Opaque => true,
        Representation::Float(format) => matches!(format, Format::Extended | Format::Quad),
        _ => false,
    }
}

#[cold]
fn not_variadic() -> Error {
    Error::unsupported("this C function is not variadic")
}
