package picture

import (
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/vector"
)

// fine is how many points a pixel of a map has in each direction, for soft
// edges.
const fine = 2

// chart draws a map into a part of the paper, with a thin line of ground between
// areas. Which area a point lies in is asked first and coloured afterwards: the
// parts of an area that touch each other then show no seam.
func (p *paper) chart(m Map, into image.Rectangle) {
	scale := fine * min(float64(into.Dx())/m.Outline.width, float64(into.Dy())/m.Outline.height)
	w, h := int(m.Outline.width*scale)/fine*fine, int(m.Outline.height*scale)/fine*fine
	if w <= 0 || h <= 0 {
		return
	}
	owner := make([]int16, w*h) // 1 + the patch, 0 for none
	mask := image.NewAlpha(image.Rect(0, 0, w, h))
	raster := vector.NewRasterizer(w, h)
	raster.DrawOp = draw.Src
	for i, patch := range m.Outline.patches {
		low, high := image.Pt(w, h), image.Point{}
		raster.Reset(w, h)
		raster.DrawOp = draw.Src
		for _, ring := range patch {
			for j, q := range ring {
				x, y := q.X*scale, q.Y*scale
				low = image.Pt(max(0, min(low.X, int(x))), max(0, min(low.Y, int(y))))
				high = image.Pt(min(w, max(high.X, int(x)+1)), min(h, max(high.Y, int(y)+1)))
				if j == 0 {
					raster.MoveTo(float32(x), float32(y))
				} else {
					raster.LineTo(float32(x), float32(y))
				}
			}
			raster.ClosePath()
		}
		raster.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
		for y := low.Y; y < high.Y; y++ {
			for x := low.X; x < high.X; x++ {
				if mask.Pix[y*mask.Stride+x] >= 128 {
					owner[y*w+x] = int16(i + 1)
				}
			}
		}
	}
	left := into.Min.X + (into.Dx()-w/fine)/2
	top := into.Min.Y + (into.Dy()-h/fine)/2
	tint := func(x, y int) color.RGBA {
		o := owner[y*w+x]
		if o == 0 || edge(owner, w, h, x, y) {
			return ground
		}
		shade := Blank
		if int(o) <= len(m.Shades) {
			shade = m.Shades[o-1]
		}
		switch {
		case shade < 0 || int(shade) >= len(earths):
			return unknown
		case int(shade) == len(earths)-1:
			return hatched(x, y, 10*fine, earths[shade], pale)
		}
		return earths[shade]
	}
	for y := 0; y < h; y += fine {
		for x := 0; x < w; x += fine {
			var r, g, b int
			for dy := range fine {
				for dx := range fine {
					c := tint(x+dx, y+dy)
					r, g, b = r+int(c.R), g+int(c.G), b+int(c.B)
				}
			}
			const n = fine * fine
			p.SetRGBA(left+x/fine, top+y/fine, color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255})
		}
	}
}

// edge tells whether another area begins beside a point.
func edge(owner []int16, w, h, x, y int) bool {
	o := owner[y*w+x]
	for d := 1; d <= fine; d++ {
		if x+d < w && owner[y*w+x+d] != o && owner[y*w+x+d] != 0 || y+d < h && owner[(y+d)*w+x] != o && owner[(y+d)*w+x] != 0 {
			return true
		}
	}
	return false
}
