//! What is done with objects, each by an entity of the part in Java.

/// What is done with an object, in the order of the part in Java.
#[derive(Clone, Copy)]
pub(super) enum Operation {
    Release,
    Message,
    Capabilities,
    GetAttribute,
    SetAttribute,
    Members,
    GetItem,
    SetItem,
    DeleteItem,
    Length,
    Contains,
    Call,
    Construct,
    Invoke,
    Iterate,
    Next,
    Compare,
    Hash,
    Text,
    TypeOf,
    Parents,
    IsInstance,
    Close,
    Buffer,
}
