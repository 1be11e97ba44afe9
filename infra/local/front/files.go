package front

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

// Files answers with the objects of a bucket, as the edge does: folders have
// an index.html, pages have a final slash, and texts travel compressed.
type Files struct {
	S3     *s3.Client
	Bucket string
}

// extension is what makes a path a file. It begins with a letter: the codes of
// areas have dots as well.
var extension = regexp.MustCompile(`\.[A-Za-z][A-Za-z0-9]*$`)

func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	p := r.URL.Path
	if p != path.Clean(p) && p != path.Clean(p)+"/" {
		f.missing(w, r)
		return
	}
	switch {
	case strings.HasSuffix(p, "/"):
		p += "index.html"
	case !extension.MatchString(p):
		to := *r.URL
		to.Path, to.RawPath = p+"/", ""
		http.Redirect(w, r, to.RequestURI(), http.StatusMovedPermanently)
		return
	}
	if !f.send(w, r, strings.TrimPrefix(p, "/"), http.StatusOK) {
		f.missing(w, r)
	}
}

// missing answers with the site's own page for what is not there.
func (f *Files) missing(w http.ResponseWriter, r *http.Request) {
	plain := r.Clone(r.Context())
	plain.Header.Del("If-None-Match")
	plain.Header.Del("Range")
	if !f.send(w, plain, "404.html", http.StatusNotFound) {
		http.Error(w, "404: tidak ada di sini", http.StatusNotFound)
	}
}

// send answers with an object; it reports false, and has sent nothing, if
// there is none.
func (f *Files) send(w http.ResponseWriter, r *http.Request, key string, status int) bool {
	in := &s3.GetObjectInput{Bucket: &f.Bucket, Key: &key}
	if s := r.Header.Get("Range"); s != "" {
		in.Range = &s
	}
	object, err := f.S3.GetObject(r.Context(), in)
	if err != nil {
		var refusal smithy.APIError
		if errors.As(err, &refusal) {
			switch refusal.ErrorCode() {
			case "NoSuchKey", "NotFound", "NoSuchBucket", "KeyTooLongError", "InvalidArgument":
				return false
			case "InvalidRange":
				http.Error(w, "no such range", http.StatusRequestedRangeNotSatisfiable)
				return true
			}
		}
		if r.Context().Err() == nil {
			http.Error(w, "502: "+err.Error(), http.StatusBadGateway)
		}
		return true
	}
	defer object.Body.Close()

	h := w.Header()
	kind := aws.ToString(object.ContentType)
	for name, value := range map[string]*string{
		"Content-Type": object.ContentType, "Cache-Control": object.CacheControl, "Content-Encoding": object.ContentEncoding,
		"Content-Disposition": object.ContentDisposition, "Content-Language": object.ContentLanguage, "Content-Range": object.ContentRange,
	} {
		if s := aws.ToString(value); s != "" {
			h.Set(name, s)
		}
	}
	if object.LastModified != nil {
		h.Set("Last-Modified", object.LastModified.UTC().Format(http.TimeFormat))
	}
	tag := aws.ToString(object.ETag)
	coding := ""
	if in.Range == nil && aws.ToString(object.ContentEncoding) == "" && compressible(kind) {
		h.Add("Vary", "Accept-Encoding")
		coding = accepted(r.Header.Get("Accept-Encoding"), aws.ToInt64(object.ContentLength))
	}
	if coding != "" {
		// What is compressed on the way is the same in meaning, not in bytes.
		tag = "W/" + tag
		h.Set("Content-Encoding", coding)
	}
	h.Set("ETag", tag)
	if in.Range != nil && object.ContentRange != nil {
		status = http.StatusPartialContent
	}
	if sameTag(r.Header.Get("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	body, err := io.ReadAll(object.Body)
	if err != nil {
		http.Error(w, "502: "+err.Error(), http.StatusBadGateway)
		return true
	}
	if coding != "" {
		body = compress(coding, body)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
	return true
}

func compressible(kind string) bool {
	kind, _, _ = strings.Cut(kind, ";")
	return isText(kind) || kind == "image/svg+xml" || kind == "application/manifest+json" || kind == "application/wasm"
}

// accepted chooses how to compress; short bodies are not worth it.
func accepted(codings string, length int64) string {
	if length < 1000 {
		return ""
	}
	best := ""
	for c := range strings.SplitSeq(codings, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(c), ";")
		if strings.TrimSpace(quality) == "q=0" {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "br":
			return "br"
		case "gzip":
			best = "gzip"
		}
	}
	return best
}

func compress(coding string, body []byte) []byte {
	var b bytes.Buffer
	var w io.WriteCloser
	if coding == "br" {
		w = brotli.NewWriterLevel(&b, 5)
	} else {
		w = gzip.NewWriter(&b)
	}
	_, _ = w.Write(body) // a buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

// sameTag says whether a condition names a version, weakly.
func sameTag(condition, tag string) bool {
	if condition == "" || tag == "" {
		return false
	}
	tag = strings.TrimPrefix(tag, "W/")
	for c := range strings.SplitSeq(condition, ",") {
		c = strings.TrimSpace(c)
		if c == "*" || strings.TrimPrefix(c, "W/") == tag {
			return true
		}
	}
	return false
}
