//! Opaque handles. None of these is memory: a handle is a key that is checked at every use, and a
//! stale, doubly freed or foreign one is an error.

/// A loaded runtime.
pub enum metaffi_runtime {}

/// A loaded module.
pub enum metaffi_module {}

/// A loaded entity: something that can be called.
pub enum metaffi_entity {}

/// A reference to something that lives in a runtime.
pub enum metaffi_object {}

/// The name of an attribute or of an argument, interned.
pub enum metaffi_name {}

/// Something that is awaited, until it is done.
pub enum metaffi_task {}

/// A function passed as a value.
pub enum metaffi_callable {}

/// A runtime entered for a batch of calls.
pub enum metaffi_scope {}

/// What went wrong.
pub enum metaffi_error {}

/// A C type.
pub enum metaffi_ctype {}

/// A C function pointer made before its type is known.
pub enum metaffi_closure {}
