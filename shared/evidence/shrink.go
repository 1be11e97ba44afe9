package evidence

import (
	"image"
	"image/color"
)

// shrink draws a picture upright on white, at most limit pixels on its longer
// side. Each new pixel is the mean of the area it stands for, so that fine
// print stays as readable as it can be. It goes through the source row by row
// and holds one row of sums: scalers that hold more would take more memory than
// the picture itself.
func shrink(src image.Image, limit int, t turn) *image.RGBA {
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	dw, dh := fit(w, h, limit)
	size := image.Rect(0, 0, dw, dh)
	if t.sideways() {
		size = image.Rect(0, 0, dh, dw)
	}
	dst := image.NewRGBA(size)

	row := rows(src)
	line := make([]byte, 3*w)
	narrow := make([]uint64, 3*dw) // one source row, in dw pixels
	sums := make([]uint64, 3*dw)
	area := uint64(w) * uint64(h)
	write := func(y int) {
		for x := range dw {
			dx, dy := t.place(x, y, dw, dh)
			px := dst.Pix[dst.PixOffset(dx, dy):]
			for c := range 3 {
				px[c] = uint8((sums[3*x+c] + area/2) / area)
			}
			px[3] = 255
		}
		clear(sums)
	}
	// Lengths are counted in parts of a pixel, dw of them across and dh down,
	// so that a new pixel is w parts wide and h parts high.
	y, left := 0, h
	for sy := range h {
		row(sy, line)
		narrowed(line, narrow, w, dw)
		for parts := dh; parts > 0; {
			n := min(parts, left)
			for i, v := range narrow {
				sums[i] += v * uint64(n)
			}
			parts -= n
			if left -= n; left == 0 {
				write(y)
				y, left = y+1, h
			}
		}
	}
	return dst
}

// narrowed sums w pixels of a row into dw.
func narrowed(line []byte, into []uint64, w, dw int) {
	clear(into)
	x, left := 0, w
	for sx := range w {
		for parts := dw; parts > 0; {
			n := min(parts, left)
			for c := range 3 {
				into[3*x+c] += uint64(line[3*sx+c]) * uint64(n)
			}
			parts -= n
			if left -= n; left == 0 {
				x, left = x+1, w
			}
		}
	}
}

// fit returns the size of a picture whose longer side is at most limit.
func fit(w, h, limit int) (int, int) {
	long := max(w, h)
	if long <= limit {
		return w, h
	}
	return max(1, (w*limit+long/2)/long), max(1, (h*limit+long/2)/long)
}

// rows returns what writes a row of a picture as red, green and blue.
func rows(src image.Image) func(y int, into []byte) {
	b := src.Bounds()
	switch m := src.(type) {
	case *image.YCbCr:
		return func(y int, into []byte) {
			for x := range b.Dx() {
				l, c := m.YOffset(b.Min.X+x, b.Min.Y+y), m.COffset(b.Min.X+x, b.Min.Y+y)
				into[3*x], into[3*x+1], into[3*x+2] = color.YCbCrToRGB(m.Y[l], m.Cb[c], m.Cr[c])
			}
		}
	case image.RGBA64Image: // every other kind that the decoders make
		return func(y int, into []byte) {
			for x := range b.Dx() {
				c := m.RGBA64At(b.Min.X+x, b.Min.Y+y)
				white := 0xffff - c.A // what shines through
				into[3*x], into[3*x+1], into[3*x+2] = uint8((c.R+white)>>8), uint8((c.G+white)>>8), uint8((c.B+white)>>8)
			}
		}
	}
	return func(y int, into []byte) {
		for x := range b.Dx() {
			c := color.RGBA64Model.Convert(src.At(b.Min.X+x, b.Min.Y+y)).(color.RGBA64)
			white := 0xffff - c.A
			into[3*x], into[3*x+1], into[3*x+2] = uint8((c.R+white)>>8), uint8((c.G+white)>>8), uint8((c.B+white)>>8)
		}
	}
}
