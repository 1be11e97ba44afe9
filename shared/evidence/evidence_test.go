package evidence

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"strings"
	"testing"

	"ksbb/shared/aid"
)

func open(t *testing.T, copied []byte) image.Image {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(copied))
	if err != nil {
		t.Fatalf("a copy is not a JPEG: %v", err)
	}
	return m
}

// corner names the colour in a corner of a picture.
func corner(m image.Image, right, bottom bool) string {
	b := m.Bounds()
	x, y := b.Dx()/4, b.Dy()/4
	if right {
		x = b.Dx() * 3 / 4
	}
	if bottom {
		y = b.Dy() * 3 / 4
	}
	r, g, bl, _ := m.At(x, y).RGBA()
	switch {
	case r > 0xe000 && g > 0xe000 && bl > 0xe000:
		return "white"
	case r > 0xa000:
		return "red"
	case bl > 0xa000:
		return "blue"
	case g > 0x6000:
		return "green"
	}
	return "?"
}

func corners(m image.Image) string {
	return strings.Join([]string{corner(m, false, false), corner(m, true, false), corner(m, false, true), corner(m, true, true)}, " ")
}

func TestPhotosAreShownUpright(t *testing.T) {
	t.Parallel()
	// What is red, green, blue, white when read left to right and down, as
	// each orientation wants it shown.
	want := map[uint16]string{
		0: "red green blue white", 1: "red green blue white", 2: "green red white blue", 3: "white blue green red", 4: "blue white red green",
		5: "red blue green white", 6: "blue red white green", 7: "white green blue red", 8: "green white red blue", 9: "red green blue white",
	}
	var original bytes.Buffer
	if err := png.Encode(&original, open(t, photo(40, 20))); err != nil {
		t.Fatal(err)
	}
	asPNG := original.Bytes()
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		for turn, colours := range want {
			data := exif(order, turn, "jalan")
			withExif := bytes.Replace(asPNG, asPNG[8:33], append(bytes.Clone(asPNG[8:33]), pngChunks("eXIf" + data)[8:]...), 1)
			for kind, file := range map[string][]byte{
				"image/jpeg": withSegments(photo(40, 20), "\xe1Exif\x00\x00"+data),
				"image/png":  withExif,
			} {
				r, refusal := Check(file, kind)
				if refusal != "" {
					t.Errorf("%s %v %d: refused: %s", kind, order, turn, refusal)
					continue
				}
				w, h := 40, 20
				if 5 <= turn && turn <= 8 {
					w, h = 20, 40
				}
				if r.Width != w || r.Height != h {
					t.Errorf("%s %v %d: %d×%d, want %d×%d", kind, order, turn, r.Width, r.Height, w, h)
				}
				for what, copied := range map[string][]byte{"display": r.Display, "thumb": r.Thumb} {
					m := open(t, copied)
					if got := corners(m); got != colours || m.Bounds().Dx() != w || m.Bounds().Dy() != h {
						t.Errorf("%s %v %d, %s: got %s in %v, want %s", kind, order, turn, what, got, m.Bounds(), colours)
					}
				}
			}
		}
	}
}

func TestCopiesHoldNothingButThePicture(t *testing.T) {
	t.Parallel()
	const canary = "CANARY-6f1d"
	file := withSegments(photo(64, 64),
		"\xe0JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00"+canary,
		"\xe1Exif\x00\x00"+exif(binary.LittleEndian, 6, canary+" GPS -6.2,106.8"),
		"\xe1http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>"+canary+"</x:xmpmeta>",
		"\xe2ICC_PROFILE\x00\x01\x01"+canary,
		"\xedPhotoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0b"+canary,
		"\xfe"+canary)
	file = append(file, "PK\x03\x04"+canary+"<script>"...) // a second file behind its end
	if n := bytes.Count(file, []byte(canary)); n != 7 {
		t.Fatalf("the file holds %d canaries, want 7", n)
	}
	files := map[string][]byte{"image/jpeg": file}
	var b bytes.Buffer
	if err := png.Encode(&b, open(t, photo(64, 64))); err != nil {
		t.Fatal(err)
	}
	p := b.Bytes()
	files["image/png"] = append(append(append(bytes.Clone(p[:33]), pngChunks(
		"tEXtComment\x00"+canary, "zTXtComment\x00\x00"+deflated(canary), "iTXtXML:com.adobe.xmp\x00\x00\x00\x00\x00"+canary, "eXIf"+exif(binary.BigEndian, 1, canary),
	)[8:]...), p[33:]...), canary...)
	for kind, file := range files {
		r, refusal := Check(file, kind)
		if refusal != "" {
			t.Fatalf("%s: refused: %s", kind, refusal)
		}
		for what, copied := range map[string][]byte{"display": r.Display, "thumb": r.Thumb} {
			for _, word := range []string{canary, "Exif", "JFIF", "ICC", "GPS", "xmp", "PK", "8BIM", "script"} {
				if bytes.Contains(copied, []byte(word)) {
					t.Errorf("%s: the %s holds %q", kind, what, word)
				}
			}
			open(t, copied)
			if !bytes.HasSuffix(copied, []byte{0xff, 0xd9}) {
				t.Errorf("%s: the %s does not end where its picture ends", kind, what)
			}
		}
	}
}

func TestCopiesAreAsLargeAsTheyShouldBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ w, h, dw, dh, tw, th int }{
		{1, 1, 1, 1, 1, 1}, {320, 200, 320, 200, 320, 200}, {321, 200, 321, 200, 320, 199}, {1600, 1200, 1600, 1200, 320, 240},
		{4000, 3000, 1600, 1200, 320, 240}, {3000, 4000, 1200, 1600, 240, 320}, {65000, 1, 1600, 1, 320, 1}, {1, 65000, 1, 1600, 1, 320},
	} {
		r, refusal := Check(jpegSpec{width: c.w, height: c.h, sampling: []byte{0x22, 0x11, 0x11}}.file(), "image/jpeg")
		if refusal != "" {
			t.Errorf("%d×%d: refused: %s", c.w, c.h, refusal)
			continue
		}
		d, m := open(t, r.Display).Bounds(), open(t, r.Thumb).Bounds()
		if d.Dx() != c.dw || d.Dy() != c.dh || m.Dx() != c.tw || m.Dy() != c.th || r.Width != c.w || r.Height != c.h {
			t.Errorf("%d×%d: display %v, thumb %v, said %d×%d; want %d×%d and %d×%d", c.w, c.h, d, m, r.Width, r.Height, c.dw, c.dh, c.tw, c.th)
		}
	}
}

// What shrinks keeps its mean, wherever its edges fall.
func TestShrinkingKeepsTheLight(t *testing.T) {
	t.Parallel()
	for _, size := range [][3]int{{7, 5, 3}, {100, 10, 33}, {33, 99, 98}, {640, 480, 320}, {5, 5, 5}} {
		m := image.NewRGBA(image.Rect(0, 0, size[0], size[1]))
		var before float64
		for y := range size[1] {
			for x := range size[0] {
				v := uint8((x*31 + y*17) % 256)
				m.SetRGBA(x, y, color.RGBA{v, v, v, 255})
				before += float64(v)
			}
		}
		before /= float64(size[0] * size[1])
		small := shrink(m, size[2], upright)
		var after float64
		for i := 0; i < len(small.Pix); i += 4 {
			after += float64(small.Pix[i])
		}
		after /= float64(len(small.Pix) / 4)
		if math.Abs(before-after) > 0.51 || max(small.Rect.Dx(), small.Rect.Dy()) != size[2] {
			t.Errorf("%v: mean %.2f became %.2f in %v", size, before, after, small.Rect)
		}
	}
	// Transparent is white.
	if c := shrink(image.NewNRGBA(image.Rect(0, 0, 2, 2)), 1, upright).RGBAAt(0, 0); c != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("transparent became %v", c)
	}
}

func TestFilesAreRefusedForWhatTheyAre(t *testing.T) {
	t.Parallel()
	good := photo(80, 60)
	colour := []byte{0x22, 0x11, 0x11}
	bomb := jpegSpec{width: 65535, height: 65535, sampling: colour, pixels: [2]int{16, 16}}.file()
	if len(bomb) > 256 {
		t.Fatalf("the bomb has %d bytes", len(bomb))
	}
	for name, c := range map[string]struct {
		file []byte
		kind string
		want aid.EvidenceRefusal
	}{
		"nothing":                   {nil, "image/jpeg", aid.RefusedType},
		"a text":                    {[]byte("halo"), "image/jpeg", aid.RefusedType},
		"a page that says it is":    {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), "image/png", aid.RefusedType},
		"a GIF that is an archive":  {[]byte("GIF89a PK\x03\x04"), "image/jpeg", aid.RefusedType},
		"another type than said":    {good, "image/png", aid.RefusedType},
		"a PDF said to be a photo":  {pdfFile(), "image/jpeg", aid.RefusedType},
		"a PDF behind a JPEG":       {append(bytes.Clone(good[:20]), pdfFile()...), "application/pdf", aid.RefusedType},
		"too many bytes":            {make([]byte, aid.MaxEvidenceBytes+1), "image/jpeg", aid.RefusedTooLarge},
		"a header bomb":             {bomb, "image/jpeg", aid.RefusedPixels},
		"a progressive header bomb": {jpegSpec{width: 5000, height: 5000, sampling: colour, progressive: true, pixels: [2]int{16, 16}}.file(), "image/jpeg", aid.RefusedPixels},
		"a CMYK header bomb":        {jpegSpec{width: 4000, height: 4000, sampling: []byte{0x11, 0x11, 0x11, 0x11}, adobe: true, pixels: [2]int{8, 8}}.file(), "image/jpeg", aid.RefusedPixels},
		"no height":                 {jpegSpec{width: 100, height: 0, sampling: colour, pixels: [2]int{16, 16}}.file(), "image/jpeg", aid.RefusedBroken},
		"a scan bomb":               {jpegSpec{width: 640, height: 640, sampling: colour, progressive: true, scans: 2000}.file(), "image/jpeg", aid.RefusedBroken},
		"a scan bomb at one go":     {jpegSpec{width: 640, height: 640, sampling: colour, scans: 4}.file(), "image/jpeg", aid.RefusedBroken},
		"no scan":                   {bytes.Clone(good[:bytes.Index(good, []byte{0xff, 0xda})]), "image/jpeg", aid.RefusedBroken},
		"half a JPEG":               {good[:len(good)/2], "image/jpeg", aid.RefusedBroken},
		"a JPEG without its end":    {good[:len(good)-2], "image/jpeg", aid.RefusedBroken},
		"a PNG of 4 billion pixels": {pngChunks("IHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00", "IDATx", "IEND"), "image/png", aid.RefusedPixels},
		"a PNG with a huge side":    {pngChunks("IHDR\xff\xff\xff\xff\x00\x00\x00\x01\x08\x02\x00\x00\x00", "IEND"), "image/png", aid.RefusedPixels},
		"a PNG of too rich colours": {pngFile(3000, 2100, 16, 2, 0), "image/png", aid.RefusedPixels},
		"a PNG without its end":     {pngFile(10, 10, 8, 2, 0)[:60], "image/png", aid.RefusedBroken},
		"a PNG with a wrong sum":    {bytes.Replace(pngFile(10, 10, 8, 2, 0), []byte("IEND"), []byte("IENE"), 1), "image/png", aid.RefusedBroken},
		"a PNG of too few pixels":   {pngChunks("IHDR\x00\x00\x00\x40\x00\x00\x00\x40\x08\x02\x00\x00\x00", "IDAT"+deflated("x"), "IEND"), "image/png", aid.RefusedBroken},
		"a PNG with more data":      {pngChunks("IHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00", "IDAT"+deflated(strings.Repeat("\x00", 1<<20)), "IEND"), "image/png", aid.RefusedBroken},
		"a moving PNG":              {pngFile(10, 10, 8, 2, 0, "acTL\x00\x00\x00\x02\x00\x00\x00\x00"), "image/png", aid.RefusedType},
		"a moving WebP":             {webpFile("VP8X\x02\x00\x00\x00\x09\x00\x00\x09\x00\x00", "ANIM\x00\x00\x00\x00\x00\x00", "ANMF"), "image/webp", aid.RefusedType},
		"a lossless WebP":           {webpFile("VP8L\x2f\x00\x00\x00\x00"), "image/webp", aid.RefusedType},
		"a WebP without a picture":  {webpFile("EXIFx"), "image/webp", aid.RefusedBroken},
		"a WebP bomb":               {webpFile(vp8(16383, 16383, 10, 10)), "image/webp", aid.RefusedPixels},
		"a WebP that ends early":    {webpFile(vp8(100, 100, 1000, 10))[:200], "image/webp", aid.RefusedBroken},
		"a WebP of too few data":    {webpFile(vp8(1000, 1000, 10, 0)), "image/webp", aid.RefusedBroken},
	} {
		if _, got := Check(c.file, c.kind); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestGoodFilesAreTaken(t *testing.T) {
	t.Parallel()
	colour := []byte{0x22, 0x11, 0x11}
	for name, c := range map[string]struct {
		file []byte
		kind string
	}{
		"a photo":                      {photo(80, 60), "image/jpeg"},
		"a photo with one behind it":   {append(photo(80, 60), photo(20, 20)...), "image/jpeg"}, // as phones keep depth
		"a progressive photo":          {jpegSpec{width: 2500, height: 2500, sampling: colour, progressive: true, scans: 10}.file(), "image/jpeg"},
		"a CMYK photo":                 {jpegSpec{width: 80, height: 60, sampling: []byte{0x11, 0x11, 0x11, 0x11}, adobe: true}.file(), "image/jpeg"},
		"a PNG with long texts":        {pngFile(10, 10, 8, 6, 0, "zTXtComment\x00\x00"+deflated(strings.Repeat("a", 50<<20)), "iCCPx\x00\x00"+deflated(strings.Repeat("b", 50<<20))), "image/png"},
		"an interlaced PNG":            {pngFile(33, 17, 8, 2, 1), "image/png"},
		"a PNG with a colour for none": {pngFile(10, 10, 8, 0, 0, "tRNS\x00\x00"), "image/png"},
		"a WebP":                       {webpFile(vp8(64, 64, 100, 100)), "image/webp"},
		"a PDF":                        {pdfFile(), "application/pdf"},
	} {
		r, refusal := Check(c.file, c.kind)
		if refusal != "" || r.Type != c.kind {
			t.Errorf("%s: got %q as %q", name, refusal, r.Type)
		}
		if pdf := c.kind == "application/pdf"; pdf != (r.Display == nil) || pdf != (r.Thumb == nil) {
			t.Errorf("%s: copies of %d and %d bytes", name, len(r.Display), len(r.Thumb))
		}
	}
}
