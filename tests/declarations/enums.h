enum color { RED, GREEN = 1 << 4, BLUE = GREEN * 2 + sizeof(int), LAST __attribute__((deprecated)) = -1, };
enum small : unsigned char { TOP = 255 };
enum __attribute__((packed)) { A0 = 'x', A1 = '\n', A2 = A1 ? 3 : 4, A3 = (char)200, A4 = ~0u > 1 };
typedef enum color color_t;
