package front

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// An Edge knows which headers the distribution of infra/edge.yaml adds to what
// it passes on, so that a browser is held to the same rules on a laptop.
type Edge struct {
	behaviours []behaviour // in the order in which they are tried; the last fits all
}

// A behaviour is what the distribution does with some paths.
type behaviour struct {
	pattern *regexp.Regexp
	headers http.Header
}

// edgeTemplate is the part of infra/edge.yaml that says what browsers are told.
// References are read as the name that they refer to.
type edgeTemplate struct {
	Resources map[string]struct {
		Type       string `yaml:"Type"`
		Properties struct {
			Policy       yaml.Node `yaml:"ResponseHeadersPolicyConfig"`
			Distribution struct {
				Default cacheBehaviour   `yaml:"DefaultCacheBehavior"`
				Others  []cacheBehaviour `yaml:"CacheBehaviors"`
			} `yaml:"DistributionConfig"`
		} `yaml:"Properties"`
	} `yaml:"Resources"`
}

type cacheBehaviour struct {
	Pattern string `yaml:"PathPattern"`
	Policy  string `yaml:"ResponseHeadersPolicyId"`
}

// headersPolicy is read strictly: what the front does not know how to say must
// not be missing on a laptop only.
type headersPolicy struct {
	Name     string `yaml:"Name"`
	Comment  string `yaml:"Comment"`
	Security struct {
		StrictTransportSecurity *struct {
			AccessControlMaxAgeSec int  `yaml:"AccessControlMaxAgeSec"`
			IncludeSubdomains      bool `yaml:"IncludeSubdomains"`
			Override               bool `yaml:"Override"`
		} `yaml:"StrictTransportSecurity"`
		ContentTypeOptions *struct {
			Override bool `yaml:"Override"`
		} `yaml:"ContentTypeOptions"`
		ReferrerPolicy *struct {
			ReferrerPolicy string `yaml:"ReferrerPolicy"`
			Override       bool   `yaml:"Override"`
		} `yaml:"ReferrerPolicy"`
		ContentSecurityPolicy *struct {
			ContentSecurityPolicy string `yaml:"ContentSecurityPolicy"`
			Override              bool   `yaml:"Override"`
		} `yaml:"ContentSecurityPolicy"`
	} `yaml:"SecurityHeadersConfig"`
	CORS *struct {
		AccessControlAllowCredentials bool  `yaml:"AccessControlAllowCredentials"`
		AccessControlAllowHeaders     items `yaml:"AccessControlAllowHeaders"`
		AccessControlAllowMethods     items `yaml:"AccessControlAllowMethods"`
		AccessControlAllowOrigins     items `yaml:"AccessControlAllowOrigins"`
		OriginOverride                bool  `yaml:"OriginOverride"`
	} `yaml:"CorsConfig"`
	Custom struct {
		Items []struct {
			Header   string `yaml:"Header"`
			Value    string `yaml:"Value"`
			Override bool   `yaml:"Override"`
		} `yaml:"Items"`
	} `yaml:"CustomHeadersConfig"`
}

type items struct {
	Items []string `yaml:"Items"`
}

// Origins are what pages may talk to besides the site. A laptop has no TLS and
// addresses of its own.
type Origins struct {
	Evidence []string // in place of https://${EvidenceDomain}
	SignIn   string   // in place of ${StaffSignIn}
}

// ReadEdge reads the edge's template.
func ReadEdge(file string, origins Origins) (*Edge, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read edge: %w", err)
	}
	var t edgeTemplate
	if err := yaml.Unmarshal(text, &t); err != nil {
		return nil, fmt.Errorf("read edge %s: %w", file, err)
	}
	ids := slices.Sorted(maps.Keys(t.Resources))
	policies := map[string]http.Header{}
	for _, id := range ids {
		if r := t.Resources[id]; r.Type == "AWS::CloudFront::ResponseHeadersPolicy" {
			if policies[id], err = headersOf(&r.Properties.Policy, origins); err != nil {
				return nil, fmt.Errorf("read edge %s: %s: %w", file, id, err)
			}
		}
	}
	e := &Edge{}
	for _, id := range ids {
		r := t.Resources[id]
		if r.Type != "AWS::CloudFront::Distribution" {
			continue
		}
		for _, b := range append(r.Properties.Distribution.Others, r.Properties.Distribution.Default) {
			if policies[b.Policy] == nil {
				return nil, fmt.Errorf("read edge %s: behaviour %q has no policy of this file", file, b.Pattern)
			}
			e.behaviours = append(e.behaviours, behaviour{paths(b.Pattern), policies[b.Policy]})
		}
	}
	if len(e.behaviours) == 0 {
		return nil, fmt.Errorf("read edge %s: no distribution", file)
	}
	return e, nil
}

// paths makes an expression of a path pattern, in which * stands for any
// characters and ? for one. The default behaviour has none, and fits all.
func paths(pattern string) *regexp.Regexp {
	if pattern == "" {
		pattern = "*"
	}
	quoted := regexp.QuoteMeta(pattern)
	quoted = strings.ReplaceAll(strings.ReplaceAll(quoted, `\*`, ".*"), `\?`, ".")
	return regexp.MustCompile(`^/?` + strings.TrimPrefix(quoted, "/") + "$")
}

// headersOf returns what a policy says, in the words of HTTP.
func headersOf(n *yaml.Node, origins Origins) (http.Header, error) {
	text, err := yaml.Marshal(n)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(text, []byte("Override: false")) {
		return nil, errors.New("a header that gives way to the origin's is not supported here")
	}
	var p headersPolicy
	strict := yaml.NewDecoder(bytes.NewReader(text))
	strict.KnownFields(true)
	if err := strict.Decode(&p); err != nil {
		return nil, err
	}
	h := http.Header{}
	s := p.Security
	if v := s.StrictTransportSecurity; v != nil {
		value := "max-age=" + strconv.Itoa(v.AccessControlMaxAgeSec)
		if v.IncludeSubdomains {
			value += "; includeSubDomains"
		}
		h.Set("Strict-Transport-Security", value)
	}
	if s.ContentTypeOptions != nil {
		h.Set("X-Content-Type-Options", "nosniff")
	}
	if v := s.ReferrerPolicy; v != nil {
		h.Set("Referrer-Policy", v.ReferrerPolicy)
	}
	if v := s.ContentSecurityPolicy; v != nil {
		value := strings.NewReplacer(
			"https://${EvidenceDomain}", strings.Join(origins.Evidence, " "), "${StaffSignIn}", origins.SignIn,
		).Replace(v.ContentSecurityPolicy)
		if strings.Contains(value, "${") {
			return nil, fmt.Errorf("what stands for %s on a laptop is not known", value[strings.Index(value, "${"):])
		}
		h.Set("Content-Security-Policy", value)
	}
	if c := p.CORS; c != nil {
		h.Set("Access-Control-Allow-Origin", strings.Join(c.AccessControlAllowOrigins.Items, ", "))
	}
	for _, c := range p.Custom.Items {
		h.Set(c.Header, c.Value)
	}
	return h, nil
}

// headersFor returns what the distribution adds to an answer for a path.
func (e *Edge) headersFor(path string) http.Header {
	i := slices.IndexFunc(e.behaviours, func(b behaviour) bool { return b.pattern.MatchString(path) })
	return e.behaviours[i].headers
}

// Wrap adds the edge's headers to the answers of next. They win over what the
// answer says itself, as every policy asks for.
func (e *Edge) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&stamped{ResponseWriter: w, with: e.headersFor(r.URL.Path)}, r)
	})
}

// stamped adds headers at the last moment before an answer goes out.
type stamped struct {
	http.ResponseWriter
	with http.Header
	sent bool
}

func (s *stamped) stamp() {
	if s.sent {
		return
	}
	s.sent = true
	maps.Copy(s.Header(), s.with)
}

func (s *stamped) WriteHeader(status int) {
	s.stamp()
	s.ResponseWriter.WriteHeader(status)
}

func (s *stamped) Write(b []byte) (int, error) {
	s.stamp()
	return s.ResponseWriter.Write(b)
}

// Unwrap lets an [http.ResponseController] reach the connection.
func (s *stamped) Unwrap() http.ResponseWriter { return s.ResponseWriter }
