module metaffi.test/jvm

go 1.19
