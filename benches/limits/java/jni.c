/* The limit of Java: what is written by hand with its native interface, and, where the JVM has
 * foreign memory, with upcall stubs. A library of its own, opened once there is a JVM. Every
 * exported function that takes a count does what it is named after so many times. */

#include <dlfcn.h>
#include <jni.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static JavaVM *vm;
static jclass guest, natives;
static jobject kept;
static jmethodID nop, add, multiply, echo, total, plus, apply, raise, message;
static jfieldID number;
static jobject operation;
static volatile int64_t integer;
static volatile double real;
static char text[1001];
static double numbers[10000];

/* For others that call the same class. */
JavaVM *machine(void) {
    return vm;
}
jclass guest_class(void) {
    return guest;
}

static JNIEnv *here(void) {
    JNIEnv *env;
    (*vm)->AttachCurrentThreadAsDaemon(vm, (void **)&env, NULL);
    return env;
}

static void *need(JNIEnv *env, void *found) {
    if (!found) {
        (*env)->ExceptionDescribe(env);
        exit(1);
    }
    return found;
}

static jclass class_of(JNIEnv *env, jobject loader, const char *name) {
    jclass loaders = (*env)->FindClass(env, "java/lang/ClassLoader");
    jmethodID load =
        (*env)->GetMethodID(env, loaders, "loadClass", "(Ljava/lang/String;)Ljava/lang/Class;");
    jstring spelled = (*env)->NewStringUTF(env, name);
    jvalue argument = {.l = spelled};
    jclass found = (*env)->CallObjectMethodA(env, loader, load, &argument);
    return (*env)->NewGlobalRef(env, need(env, found));
}

static int64_t operate(int64_t a, int64_t b) {
    return a + b;
}

static jlong JNICALL operate_native(JNIEnv *env, jclass class, jlong a, jlong b) {
    (void)env, (void)class;
    return operate(a, b);
}

/* Stubs of the foreign memory interface; NULL where there is none. */
static void (*stub_nop)(void);
static int64_t (*stub_add)(int64_t, int64_t);
static double (*stub_multiply)(double, double);
static char *(*stub_echo)(const char *, int64_t, int64_t *);
static double (*stub_copied)(const double *, int64_t), (*stub_in_place)(const double *, int64_t);
static int64_t (*stub_plus)(int32_t, int64_t), (*stub_number)(int32_t);
static int64_t (*stub_apply)(int64_t, int64_t);
static int32_t (*stub_raise)(char *);

static void *stub(JNIEnv *env, jclass stubs, const char *name) {
    jmethodID make = (*env)->GetStaticMethodID(env, stubs, "stub", "(Ljava/lang/String;)J");
    jvalue argument = {.l = (*env)->NewStringUTF(env, name)};
    return need(env, (void *)(*env)->CallStaticLongMethodA(env, stubs, make, &argument));
}

static void prepare_stubs(JNIEnv *env, jobject loader) {
    jclass stubs = class_of(env, loader, "Stubs");
    stub_nop = (void (*)(void))stub(env, stubs, "nop");
    stub_add = (int64_t(*)(int64_t, int64_t))stub(env, stubs, "add");
    stub_multiply = (double (*)(double, double))stub(env, stubs, "multiply");
    stub_echo = (char *(*)(const char *, int64_t, int64_t *))stub(env, stubs, "echoBytes");
    stub_copied = (double (*)(const double *, int64_t))stub(env, stubs, "totalCopied");
    stub_in_place = (double (*)(const double *, int64_t))stub(env, stubs, "totalInPlace");
    stub_plus = (int64_t(*)(int32_t, int64_t))stub(env, stubs, "plusOf");
    stub_number = (int64_t(*)(int32_t))stub(env, stubs, "numberOf");
    stub_apply = (int64_t(*)(int64_t, int64_t))stub(env, stubs, "applyKept");
    stub_raise = (int32_t(*)(char *))stub(env, stubs, "raiseCaught");
    jmethodID set = (*env)->GetStaticMethodID(env, stubs, "setOperation", "(J)V");
    jvalue pointer = {.j = (jlong)(intptr_t)operate};
    (*env)->CallStaticVoidMethodA(env, stubs, set, &pointer);
}

/* Finds everything in the directories of classes; the JVM is that of this process. */
void prepare(const char *classes, int has_stubs) {
    jsize count;
    void *library = dlopen("libjvm.so", RTLD_NOW | RTLD_NOLOAD);
    jint (*created)(JavaVM **, jsize, jsize *) =
        (jint(*)(JavaVM **, jsize, jsize *))dlsym(library, "JNI_GetCreatedJavaVMs");
    created(&vm, 1, &count);
    JNIEnv *env = here();
    (*env)->PushLocalFrame(env, 64);
    char url[4200];
    snprintf(url, sizeof url, "file:%s/", classes);
    jclass urls = (*env)->FindClass(env, "java/net/URL");
    jmethodID parse = (*env)->GetMethodID(env, urls, "<init>", "(Ljava/lang/String;)V");
    jvalue spelled = {.l = (*env)->NewStringUTF(env, url)};
    jobject place = need(env, (*env)->NewObjectA(env, urls, parse, &spelled));
    jvalue places = {.l = (*env)->NewObjectArray(env, 1, urls, place)};
    jclass loaders = (*env)->FindClass(env, "java/net/URLClassLoader");
    jmethodID make = (*env)->GetMethodID(env, loaders, "<init>", "([Ljava/net/URL;)V");
    jobject loader = need(env, (*env)->NewObjectA(env, loaders, make, &places));
    guest = class_of(env, loader, "Guest");
    natives = class_of(env, loader, "Natives");
    nop = (*env)->GetStaticMethodID(env, guest, "nop", "()V");
    add = (*env)->GetStaticMethodID(env, guest, "add", "(JJ)J");
    multiply = (*env)->GetStaticMethodID(env, guest, "multiply", "(DD)D");
    echo = (*env)->GetStaticMethodID(env, guest, "echo", "(Ljava/lang/String;)Ljava/lang/String;");
    total = (*env)->GetStaticMethodID(env, guest, "total", "([D)D");
    plus = (*env)->GetMethodID(env, guest, "plus", "(J)J");
    number = (*env)->GetFieldID(env, guest, "number", "J");
    apply = (*env)->GetStaticMethodID(env, guest, "apply",
                                      "(Ljava/util/function/LongBinaryOperator;JJ)J");
    raise = (*env)->GetStaticMethodID(env, guest, "raise", "()V");
    jclass throwables = (*env)->FindClass(env, "java/lang/Throwable");
    message = (*env)->GetMethodID(env, throwables, "getMessage", "()Ljava/lang/String;");
    jvalue five = {.j = 5};
    jmethodID construct = (*env)->GetMethodID(env, guest, "<init>", "(J)V");
    kept = (*env)->NewGlobalRef(env, (*env)->NewObjectA(env, guest, construct, &five));
    JNINativeMethod method = {"call", "(JJ)J", operate_native};
    (*env)->RegisterNatives(env, natives, &method, 1);
    jfieldID held = (*env)->GetStaticFieldID(env, natives, "OPERATION",
                                             "Ljava/util/function/LongBinaryOperator;");
    operation = (*env)->NewGlobalRef(env, (*env)->GetStaticObjectField(env, natives, held));
    if (has_stubs) {
        prepare_stubs(env, loader);
    }
    (*env)->PopLocalFrame(env, NULL);
    memset(text, 'x', sizeof text - 1);
    for (int i = 0; i < 10000; i++) {
        numbers[i] = i;
    }
}

#define TIMES(name, body)                                                                          \
    void name(size_t count) {                                                                      \
        JNIEnv *env = here();                                                                      \
        (void)env;                                                                                 \
        while (count--) {                                                                          \
            body;                                                                                  \
        }                                                                                          \
    }

static void echo_by_jni(JNIEnv *env, size_t length) {
    char given[1001];
    memcpy(given, text, length);
    given[length] = 0;
    jvalue argument = {.l = (*env)->NewStringUTF(env, given)};
    jstring back = (*env)->CallStaticObjectMethodA(env, guest, echo, &argument);
    jsize units = (*env)->GetStringLength(env, back), bytes = (*env)->GetStringUTFLength(env, back);
    char *copy = malloc(bytes + 1);
    (*env)->GetStringUTFRegion(env, back, 0, units, copy);
    (*env)->DeleteLocalRef(env, back);
    (*env)->DeleteLocalRef(env, argument.l);
    free(copy);
}

static void raise_by_jni(JNIEnv *env) {
    (*env)->CallStaticVoidMethodA(env, guest, raise, NULL);
    jthrowable thrown = (*env)->ExceptionOccurred(env);
    (*env)->ExceptionClear(env);
    jstring said = (*env)->CallObjectMethodA(env, thrown, message, NULL);
    char bytes[64];
    (*env)->GetStringUTFRegion(env, said, 0, (*env)->GetStringLength(env, said), bytes);
    (*env)->DeleteLocalRef(env, said);
    (*env)->DeleteLocalRef(env, thrown);
}

static void total_by_jni(JNIEnv *env) {
    jvalue argument = {.l = (*env)->NewDoubleArray(env, 10000)};
    (*env)->SetDoubleArrayRegion(env, argument.l, 0, 10000, numbers);
    real = (*env)->CallStaticDoubleMethodA(env, guest, total, &argument);
    (*env)->DeleteLocalRef(env, argument.l);
}

static jvalue TWO[] = {{.j = 1000}, {.j = 2000}}, REALS[] = {{.d = 1.5}, {.d = 2.5}};

TIMES(jni_nop, (*env)->CallStaticVoidMethodA(env, guest, nop, NULL))
TIMES(jni_add, integer = (*env)->CallStaticLongMethodA(env, guest, add, TWO))
TIMES(jni_multiply, real = (*env)->CallStaticDoubleMethodA(env, guest, multiply, REALS))
TIMES(jni_echo_10, echo_by_jni(env, 10))
TIMES(jni_echo_1000, echo_by_jni(env, 1000))
TIMES(jni_total, total_by_jni(env))
TIMES(jni_method, integer = (*env)->CallLongMethodA(env, kept, plus, TWO))
TIMES(jni_field, integer = (*env)->GetLongField(env, kept, number))
TIMES(jni_raise, raise_by_jni(env))

void jni_callback(size_t count) {
    JNIEnv *env = here();
    jvalue arguments[] = {{.l = operation}, {.j = 1}, {.j = 2}};
    while (count--) {
        integer = (*env)->CallStaticLongMethodA(env, guest, apply, arguments);
    }
}

static void echo_by_stub(int64_t length) {
    int64_t back;
    free(stub_echo(text, length, &back));
}

static char room[256];

TIMES(stub_nop_calls, stub_nop())
TIMES(stub_add_calls, integer = stub_add(1000, 2000))
TIMES(stub_multiply_calls, real = stub_multiply(1.5, 2.5))
TIMES(stub_echo_10, echo_by_stub(10))
TIMES(stub_echo_1000, echo_by_stub(1000))
TIMES(stub_total, real = stub_copied(numbers, 10000))
TIMES(stub_total_in_place, real = stub_in_place(numbers, 10000))
TIMES(stub_method, integer = stub_plus(1, 1000))
TIMES(stub_field, integer = stub_number(1))
TIMES(stub_callback, integer = stub_apply(1, 2))
TIMES(stub_raise_calls, stub_raise(room))
