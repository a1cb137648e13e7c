/* A header that depends on what it is read with. */
#ifdef SIDE
#define GUEST_SIDE SIDE
#else
#define GUEST_SIDE "none"
#endif
