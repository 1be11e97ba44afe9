package page

import (
	"encoding/xml"
	"fmt"
	"strings"

	"ksbb/shared/bahasa"
)

// sitemapLimit is how many addresses a sitemap may hold (sitemaps.org).
const sitemapLimit = 50_000

type urlSet struct {
	XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	XHTML   string   `xml:"xmlns:xhtml,attr"`
	URLs    []siteURL
}

type siteURL struct {
	XMLName    xml.Name      `xml:"url"`
	Loc        string        `xml:"loc"`
	Alternates []siteVersion `xml:"xhtml:link"`
}

type siteVersion struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

// Sitemap lists pages for search engines. paths are addresses of Indonesian
// pages such as "/lokasi/…/"; each is listed in every language, with its
// address in the others. It refuses more than one file may hold.
func (r *Renderer) Sitemap(paths []string) ([]byte, error) {
	if n := len(paths) * len(bahasa.Languages); n > sitemapLimit {
		return nil, fmt.Errorf("encode sitemap: %d addresses, more than the %d of one file", n, sitemapLimit)
	}
	s := urlSet{XHTML: "http://www.w3.org/1999/xhtml"}
	for _, path := range paths {
		var versions []siteVersion
		for _, l := range bahasa.Languages {
			versions = append(versions, siteVersion{"alternate", string(l), r.absolute(l, path)})
		}
		versions = append(versions, siteVersion{"alternate", "x-default", r.absolute(bahasa.Indonesian, path)})
		for _, l := range bahasa.Languages {
			s.URLs = append(s.URLs, siteURL{Loc: r.absolute(l, path), Alternates: versions})
		}
	}
	return document(s, "sitemap")
}

type siteIndex struct {
	XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
	Parts   []sitePart
}

type sitePart struct {
	XMLName xml.Name `xml:"sitemap"`
	Loc     string   `xml:"loc"`
}

// SitemapIndex lists the sitemaps of a site by their paths, such as
// "/sitemap/31.73.01.xml".
func (r *Renderer) SitemapIndex(paths []string) ([]byte, error) {
	if len(paths) > sitemapLimit {
		return nil, fmt.Errorf("encode sitemap index: %d sitemaps, more than the %d of one file", len(paths), sitemapLimit)
	}
	s := siteIndex{}
	for _, path := range paths {
		s.Parts = append(s.Parts, sitePart{Loc: r.absolute(bahasa.Indonesian, path)})
	}
	return document(s, "sitemap index")
}

// absolute is the address of a page in a language.
func (r *Renderer) absolute(l bahasa.Language, path string) string {
	return r.site + prefix(l) + "/" + strings.TrimPrefix(path, "/")
}

// document writes a whole file of XML.
func document(v any, what string) ([]byte, error) {
	body, err := xml.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", what, err)
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}
