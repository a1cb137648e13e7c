/* Thread-local words that must lie in the static area: each copy that is loaded takes some of it.
 */
static __thread char words[64] __attribute__((tls_model("initial-exec"))) = {1};

char *tls_hog_words(void);
char *tls_hog_words(void) {
    return words;
}
