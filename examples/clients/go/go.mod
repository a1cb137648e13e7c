module metaffi.example/client

go 1.19
