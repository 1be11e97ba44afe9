package publish

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"ksbb/shared/area"
	"ksbb/shared/region"
)

// What stands here is written by sweeps only: nobody waits for it, and so no
// commitment pays for it.

// embed returns what other sites show of an area.
func (v view) embed(ctx context.Context, code area.Code) ([]File, error) {
	a, err := v.p.area(ctx, v.t, code)
	if err != nil {
		return nil, err
	}
	said := a.tally()
	return v.p.each("embed/"+string(code)+"/index.html", func(p Pages) ([]byte, error) { return p.Embed(said) })
}

// wholePages returns the pages about the region as a whole that no commitment
// has to change at once: its programmes, and how the site is doing.
func (v view) wholePages(ctx context.Context) ([]File, error) {
	root, err := v.p.area(ctx, v.t, v.p.region.Root)
	if err != nil || root.Statistics.Path == "" {
		return nil, err
	}
	f, err := recall[StatisticsFile](ctx, v.p.tree, root.Statistics.Path)
	if err != nil {
		return nil, err
	}
	asOf, _ := time.Parse(time.RFC3339, f.AsOf)
	var files []File
	for _, program := range v.p.region.Programs {
		pages, err := v.p.each("program/"+string(program.ID)+"/index.html", func(p Pages) ([]byte, error) {
			return p.Program(program.ID, asOf, f.Statistics, root.Statistics.Path, root.Statistics.Hash)
		})
		if err != nil {
			return nil, fmt.Errorf("render program %s: %w", program.ID, err)
		}
		files = append(files, pages...)
	}
	said, log := root.tally(), ""
	if v.t.manifest.Log != nil {
		log = string(v.t.manifest.Log.Day)
	}
	status, err := v.p.each(statusPath, func(p Pages) ([]byte, error) { return p.Status(said, v.t.manifest.Generation, log) })
	if err != nil {
		return nil, fmt.Errorf("render status: %w", err)
	}
	return append(files, status...), nil
}

// hidden is what a page says that no search engine should list, or that leads
// on to the one which should be.
func hidden(page []byte) bool {
	return bytes.Contains(page, []byte(`name="robots" content="noindex"`)) || bytes.Contains(page, []byte(`http-equiv="refresh"`))
}

// sitemaps returns the list of the pages among files, and the list of all such
// lists. What the files of kecamatan say stands in lists of their own.
func (v view) sitemaps(ctx context.Context, files []File) ([]File, error) {
	first := v.p.editions[0]
	var paths []string
	for _, f := range files {
		path, isPage := strings.CutSuffix("/"+f.Path, "/index.html")
		if isPage && !v.translated(f.Path) && !hidden(f.Body) {
			paths = append(paths, path+"/")
		}
	}
	slices.Sort(paths)
	name := "sitemap/" + string(v.p.region.Root) + ".xml"
	body, err := first.Pages.Sitemap(slices.Compact(paths))
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	all, parts := []File{first.page(name, body)}, []string{"/" + name}
	for _, kecamatan := range v.p.region.At(area.Kecamatan) {
		a, err := v.p.area(ctx, v.t, kecamatan.Code)
		if err != nil {
			return nil, err
		}
		if a.Area != "" {
			parts = append(parts, "/"+sitemapPath(kecamatan))
		}
	}
	if body, err = first.Pages.SitemapIndex(parts); err != nil {
		return nil, fmt.Errorf("list lists of pages: %w", err)
	}
	return append(all, first.page("sitemap.xml", body)), nil
}

func sitemapPath(a region.Area) string { return "sitemap/" + string(a.Code) + ".xml" }

// translated tells whether a path belongs to another than the first edition.
func (v view) translated(path string) bool {
	return slices.ContainsFunc(v.p.editions, func(e Edition) bool { return e.Prefix != "" && strings.HasPrefix(path, e.Prefix) })
}

// sitemap lists the pages of a kecamatan whose leaves were all read: its own,
// those of its kelurahan, and of every place in it.
func (v view) sitemap(code area.Code) (File, error) {
	paths := []string{"/wilayah/" + string(code) + "/"}
	for _, child := range v.p.region.Children(code) {
		paths = append(paths, "/wilayah/"+string(child.Code)+"/")
	}
	for leaf, places := range v.read {
		for _, place := range places {
			r := place.Recipient
			if !code.Contains(r.Area) {
				continue
			}
			paths = append(paths, "/lokasi/"+string(r.ID)+"/")
			if leaf.Group != v.p.region.FirstGroup() {
				paths = append(paths, "/wilayah/"+string(r.Area.At(area.Kelurahan))+"/"+string(leaf.Group)+"/")
			}
		}
	}
	slices.SortFunc(paths, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	body, err := v.p.editions[0].Pages.Sitemap(slices.Compact(paths))
	if err != nil {
		return File{}, fmt.Errorf("list pages of %s: %w", code, err)
	}
	a, _ := v.p.region.Area(code)
	return v.p.editions[0].page(sitemapPath(a), body), nil
}
