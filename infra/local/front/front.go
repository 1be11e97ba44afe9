// Package front is the one origin that browsers talk to. It plays API Gateway
// for /v1/, the edge for the public files, and lets people look behind the
// stage under /_local/.
package front

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Handler sends each request to the part that answers it on AWS.
func Handler(api, files, local http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch p := r.URL.Path; {
		case p == "/v1" || strings.HasPrefix(p, "/v1/"):
			api.ServeHTTP(w, r)
		case p == "/_local" || strings.HasPrefix(p, "/_local/"):
			if !fromHere(r) {
				http.Error(w, "only for pages of this machine", http.StatusForbidden)
				return
			}
			local.ServeHTTP(w, r)
		default:
			files.ServeHTTP(w, r)
		}
	})
}

// fromHere keeps pages of other sites, which a browser also lets talk to
// localhost, away from mails and tokens.
func fromHere(r *http.Request) bool {
	if !loopback(r.Host) {
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && loopback(u.Host)
}

func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "localhost" || net.ParseIP(strings.Trim(host, "[]")).IsLoopback()
}
