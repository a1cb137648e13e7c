use std::ffi::CString;
use std::ops::Deref;
use std::sync::Arc;

use super::raw_call::RawCall;
use super::raw_variadic::RawVariadics;
use crate::backend::c::data::ctype::CType;
use crate::backend::c::types::{FunctionType, TypeId, TypeKind as CKind, Types};
use crate::call::errors::failure::c_string;
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::handle::pin::CallScope;
use crate::handle::{HandleKind, Handled};

/// What a `metaffi_ctype` stands for: a type, which keeps its module's types alive, and what C has
/// asked of it.
pub struct TypeHandle {
    ctype: CType,
    names: Once<Vec<Option<CString>>>,
    call: Once<RawCall>,
    variadic: RawVariadics,
}

impl Handled for TypeHandle {
    const KIND: HandleKind = HandleKind::Ctype;
}

impl TypeHandle {
    /// A handle of a type.
    pub fn new(types: &Arc<Types>, id: TypeId) -> TypeHandle {
        TypeHandle::from(CType::new(types, id))
    }

    /// The type, with the definition that it may have got since.
    pub fn ctype(&self) -> CType {
        self.ctype.refreshed()
    }

    /// The arena of the type.
    pub fn types(&self) -> &Arc<Types> {
        &self.ctype.types
    }

    /// The type in it.
    pub fn id(&self) -> TypeId {
        self.ctype.id
    }

    /// The function type that this is or points to.
    pub fn function(&self) -> Result<(TypeId, Arc<FunctionType>)> {
        let types = self.types();
        let id = match types.resolved(self.id()) {
            CKind::Pointer(target) => target,
            _ => self.id(),
        };
        match types.resolved(id) {
            CKind::Function(function) => Ok((id, function)),
            _ => Err(Error::mismatch(format!("`{}` is not a function type", self.ctype.spell()))),
        }
    }

    /// Calls of functions of the type, prepared once.
    pub fn call(&self) -> Result<&RawCall> {
        self.call.get_or_make(|| RawCall::new::<&TypeHandle>(self, &[]))
    }

    /// Calls of functions of the type with arguments of these types behind `...`. The first calls
    /// are prepared once, and live as long as the type; the scope keeps others.
    pub fn variadic_call<'a, T: Deref<Target = TypeHandle>>(
        &'a self,
        scope: &'a CallScope,
        extra: &[T],
    ) -> Result<&'a RawCall> {
        if let Some(call) = self.variadic.find(extra) {
            return Ok(call);
        }
        let call = Arc::new(RawCall::new(self, extra)?);
        Ok(match self.variadic.keep(extra, call) {
            Ok(kept) => kept,
            Err(call) => scope.keep(call),
        })
    }

    /// The name of a struct's or union's member, for C.
    pub fn member_name(&self, index: usize) -> Option<&CString> {
        let names = || {
            let record = self.types().record(self.id())?;
            let name = |name: &Option<Arc<str>>| name.as_deref().map(c_string);
            Some(record.members.iter().map(|member| name(&member.name)).collect::<Vec<_>>())
        };
        if self.names.get().is_none()
            && let Some(names) = names()
        {
            let _ = self.names.set(names);
        }
        self.names.get()?.get(index)?.as_ref()
    }
}

impl From<CType> for TypeHandle {
    fn from(ctype: CType) -> TypeHandle {
        TypeHandle {
            ctype,
            names: Once::new(),
            call: Once::new(),
            variadic: RawVariadics::default(),
        }
    }
}
