use crate::process::Belonging;

/// What kind of running system a language has, as data: what is the same for every runtime of a kind
/// is done by it in one place, where runtimes are loaded and shared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Nature {
    /// What its start may change, and is put back.
    pub changes: &'static [Belonging],
    /// What becomes of it in the child of a process that forks.
    pub forked: Forked,
}

/// What becomes of a runtime in the child of a process that forks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Forked {
    /// It works.
    Works,
    /// It works if the thread that forks has its lock, and else refuses.
    WorksUnderLock,
    /// It refuses: its threads have stayed behind.
    Lost,
}
