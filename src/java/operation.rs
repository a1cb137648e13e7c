//! What is done with objects, each by an entity of the part in Java.

use crate::object::Capabilities;

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
    Slice,
    Await,
    Cancel,
    Number,
    Truth,
    GetIndex,
    Describe,
    Find,
    Read,
    Write,
    Run,
    Form,
    Steps,
    NextWhole,
    Whole,
    Tell,
}

impl Operation {
    /// Whether an entity leaves a thread in the module where that is: what takes an index, and no object.
    pub(super) fn is_of_index(entity: i64) -> bool {
        entity == Operation::Release as i64
    }

    /// What is needed for it, if that is not every object's.
    pub(super) fn needs(self) -> Capabilities {
        use Capabilities as Can;
        match self {
            Operation::GetItem => Can::READ_ITEMS | Can::READ_ENTRIES,
            Operation::SetItem => Can::WRITE_ITEMS | Can::WRITE_ENTRIES,
            Operation::DeleteItem => Can::DELETE_ITEMS | Can::DELETE_ENTRIES,
            Operation::Slice | Operation::GetIndex => Can::READ_ITEMS,
            Operation::Length => Can::LENGTH,
            Operation::Contains => Can::CONTAIN,
            Operation::Call => Can::CALL,
            Operation::Construct => Can::CONSTRUCT,
            Operation::Iterate => Can::ITERATE,
            Operation::Next | Operation::NextWhole => Can::NEXT,
            Operation::Close => Can::ENTER,
            Operation::Await => Can::AWAIT,
            Operation::Number => Can::NUMBER,
            Operation::Parents => Can::TYPE,
            Operation::Compare => Can::ORDER,
            _ => Can::NONE,
        }
    }
}
