//! Opaque handles. None of these is memory: a handle is a key that is checked at every use, and a
//! stale, doubly freed or foreign one is an error.

/// A loaded runtime.
#[repr(C)]
pub struct metaffi_runtime {
    _opaque: [u8; 0],
}

/// A loaded module.
#[repr(C)]
pub struct metaffi_module {
    _opaque: [u8; 0],
}

/// A loaded entity: something that can be called.
#[repr(C)]
pub struct metaffi_entity {
    _opaque: [u8; 0],
}

/// A reference to something that lives in a runtime.
#[repr(C)]
pub struct metaffi_object {
    _opaque: [u8; 0],
}

/// A function passed as a value.
#[repr(C)]
pub struct metaffi_callable {
    _opaque: [u8; 0],
}

/// A runtime entered for a batch of calls.
#[repr(C)]
pub struct metaffi_scope {
    _opaque: [u8; 0],
}

/// What went wrong.
#[repr(C)]
pub struct metaffi_error {
    _opaque: [u8; 0],
}

/// A C type.
#[repr(C)]
pub struct metaffi_ctype {
    _opaque: [u8; 0],
}
