"""Draws the photos of this folder, with Pillow and pillow-heif: pip install pillow pillow-heif.

The corners of "corners" are red, green, blue and yellow: top left, top right, bottom left and
bottom right, when it is shown upright. The cats are drawn from a few numbers.
"""
import io
import random
import struct
import zlib

import pillow_heif
from PIL import Image, ImageCms, ImageDraw, ImageFilter

pillow_heif.register_heif_opener()

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 180, 40), (30, 50, 210), (230, 220, 40)


def corners(width=96, height=64):
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    w, h = width // 2, height // 2
    for color, x, y in ((RED, 0, 0), (GREEN, w, 0), (BLUE, 0, h), (YELLOW, w, h)):
        draw.rectangle((x, y, x + w, y + h), fill=color)
    return picture


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = "SECRETMAKER"
    gps = data.get_ifd(0x8825)
    gps[1], gps[2] = "N", (48.0, 51.0, 29.0)
    gps[3], gps[4] = "E", (2.0, 17.0, 40.0)
    return data.tobytes()


# How a camera that was held so that the orientation results stores an upright picture.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def stored(picture, orientation):
    how = STORED[orientation]
    return picture if how is None else picture.transpose(how)


def cat(seed, width=640, height=480):
    """A cat in front of a wall: colors, place and pose come from the seed."""
    r = random.Random(seed)
    tone = lambda low, high: tuple(r.randint(low, high) for _ in range(3))
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    top, bottom = tone(90, 240), tone(40, 200)
    for y in range(height):
        draw.line((0, y, width, y), fill=tuple(a + (b - a) * y // height for a, b in zip(top, bottom)))
    for _ in range(6):
        x, y = r.randint(0, width), r.randint(0, height)
        draw.rectangle((x, y, x + r.randint(20, 160), y + r.randint(20, 160)), fill=tone(30, 250))
    fur, cx, cy, s = tone(20, 230), r.randint(180, 460), r.randint(160, 300), r.randint(70, 130)
    draw.ellipse((cx - s, cy, cx + s, cy + 2 * s), fill=fur)
    draw.ellipse((cx - s * 7 // 10, cy - s, cx + s * 7 // 10, cy + s // 3), fill=fur)
    for side in (-1, 1):
        draw.polygon([(cx + side * s * 6 // 10, cy - s * 15 // 10), (cx + side * s * 7 // 10, cy - s // 3), (cx, cy - s * 8 // 10)], fill=fur)
        eye = (cx + side * s * 3 // 10, cy - s * 4 // 10)
        draw.ellipse((eye[0] - s // 9, eye[1] - s // 9, eye[0] + s // 9, eye[1] + s // 9), fill=(200, 220, 60))
    tail = [(cx + s, cy + s + s * i // 10 - (i * i) // 2) for i in range(10)]
    draw.line(tail, fill=fur, width=max(6, s // 8))
    noise = Image.effect_noise((width, height), 30).convert("RGB")
    return Image.blend(picture.filter(ImageFilter.GaussianBlur(1)), noise, 0.06)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png16():
    """The corners with 16 bits per channel and alpha: the last row of pixels is transparent."""
    picture, rows = corners(), b""
    for y in range(64):
        rows += b"\0" + b"".join(struct.pack(">4H", *(v * 257 for v in picture.getpixel((x, y))), 65535 if y < 60 else 0) for x in range(96))
    header = struct.pack(">IIBBBBB", 96, 64, 16, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def display_p3():
    """An ICC profile of the color space of phones: a matrix, and the curve of sRGB."""
    fixed = lambda *values: b"".join(struct.pack(">i", round(v * 65536)) for v in values)
    xyz = lambda *values: b"XYZ \0\0\0\0" + fixed(*values)
    curve = b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    tags = [
        (b"rXYZ", xyz(0.51512, 0.24120, -0.00105)),
        (b"gXYZ", xyz(0.29198, 0.69225, 0.04189)),
        (b"bXYZ", xyz(0.15710, 0.06657, 0.78407)),
        (b"wtpt", xyz(0.96420, 1.0, 0.82491)),
        (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve),
    ]
    table, data, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, content in tags:
        table += name + struct.pack(">II", at + len(data), len(content))
        data += content
    head = struct.pack(">I4sI4s4s4s", at + len(data), b"none", 0x04000000, b"mntr", b"RGB ", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + fixed(0.96420, 1.0, 0.82491)
    return head.ljust(128, b"\0") + table + data


def jpeg(name, picture, **options):
    picture.save(name, "JPEG", **{"quality": 90, **options})


for o in STORED:
    jpeg(f"orientation-{o}.jpg", stored(corners(), o), exif=exif(o))
jpeg("orientation-6-444.jpg", stored(corners(97, 63), 6), exif=exif(6), subsampling=0)
stored(corners(), 6).save("orientation-6.png", exif=exif(6))
stored(corners(), 6).save("orientation-6.webp", exif=exif(6), quality=90)

jpeg("progressive.jpg", corners(), progressive=True)
jpeg("gray.jpg", corners().convert("L"))
jpeg("cmyk.jpg", corners().convert("CMYK"))
jpeg("444.jpg", corners(), subsampling=0)
jpeg("422.jpg", corners(), subsampling=1)
jpeg("p3.jpg", Image.new("RGB", (96, 64), (200, 60, 40)), icc_profile=display_p3(), quality=95)
jpeg("metadata.jpg", corners(), exif=exif(1), comment=b"SECRETCOMMENT",
     icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
     xmp=b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SECRETXMP</x:xmpmeta>")

corners().quantize(16).save("palette.png")
with open("16-bit.png", "wb") as file:
    file.write(png16())
corners().convert("L").save("gray.png")
half = corners().convert("RGBA")
half.paste((0, 0, 0, 0), (0, 0, 48, 32))
half.save("alpha.png")
half.save("alpha.webp", quality=90)
half.save("alpha-lossless.webp", lossless=True)
corners().save("lossy.webp", quality=90)
second = Image.new("RGB", (96, 64), (0, 0, 0))
corners().save("animated.png", save_all=True, append_images=[second])
corners().save("animated.webp", save_all=True, append_images=[second], quality=90)
corners().save("animated.gif", save_all=True, append_images=[second])
half.save("alpha.gif", transparency=0)

corners(128, 96).save("plain.heic", quality=80)
stored(corners(128, 96), 6).save("orientation-6.heic", quality=80, exif=exif(6))
gray = corners(128, 96).convert("L")
gray.save("gray.heic", quality=80)
flat = Image.new("RGB", (1500, 1000), (120, 90, 60))
jpeg("flat-progressive.jpg", flat, progressive=True)
jpeg("flat-progressive-444.jpg", flat, progressive=True, subsampling=0)
jpeg("flat-cmyk.jpg", flat.convert("CMYK"))
flat.save("flat.webp", quality=80)
halves = flat.convert("RGBA")
halves.paste((0, 0, 0, 0), (0, 0, 700, 1000))
halves.save("flat-alpha.webp", quality=80)
halves.save("flat-palette.webp", lossless=True)
Image.radial_gradient("L").resize((1500, 1000)).convert("RGB").save("flat-lossless.webp", lossless=True)
for seed in range(8):
    jpeg(f"cat-{seed}.jpg", cat(seed).resize((320, 240)), quality=80)
