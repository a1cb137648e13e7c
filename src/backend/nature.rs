use crate::process::Belonging;

/// What kind of running system a language has, as data: what is the same for every runtime of a kind
/// is done by it in one place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Nature {
    /// Which threads may call it.
    pub entered: Entered,
    /// When what is given up is given back.
    pub released: Released,
    /// What may pass through its frames on the way to the frames of whoever called it.
    pub unwound: Unwound,
    /// What its start may change, and is put back.
    pub changes: &'static [Belonging],
    /// What becomes of it in the child of a process that forks.
    pub forked: Forked,
    /// What is done about it when the process ends.
    pub ended: Ended,
}

/// Which threads may call a runtime.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entered {
    /// Any, without further ado.
    Anywhere,
    /// Any that has its lock. A thread is made known to the runtime by its first call and until it
    /// ends; a call takes the lock, and a scope keeps it.
    UnderLock,
    /// Its own: what others ask of it is done there, while they wait.
    ByItsOwnThread,
}

/// When what is given up, on whatever thread, is given back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Released {
    /// At once.
    AtOnce,
    /// At once by a thread that has entered the runtime, else by the next that does.
    WhenEntered,
}

/// What may pass through the frames of a runtime.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unwound {
    /// What its code was compiled for: exceptions of C++, the end of a thread, `longjmp`.
    AsCompiled,
    /// The end of a thread only. An exception that C++ throws in a callback must not reach it.
    ByEndOfThread,
    /// Nothing.
    Never,
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

/// What is done about a runtime when the process ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// Nothing.
    Untouched,
    /// What programs in it have asked to be done at their end is done, unless it was not started
    /// here; it is not torn down.
    LastWords,
}
