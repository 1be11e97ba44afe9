package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/netip"
	"net/url"
	"strings"

	"github.com/awslabs/aws-lambda-go-api-proxy/core"

	"ksbb/shared/problem"
)

// nowhere is the path of a request that has none.
var nowhere = &url.URL{}

// Bearer returns the secret of an Authorization header, and the empty string
// when there is none.
func Bearer(authorization string) string {
	scheme, secret, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(secret)
}

// Claims returns what the token of a request says, as the gateway's authorizer
// read it: lists as "[a b]". It is empty where no authorizer let the request
// through.
func Claims(ctx context.Context) map[string]string {
	gateway, ok := core.GetAPIGatewayV2ContextFromContext(ctx)
	if !ok || gateway.Authorizer == nil || gateway.Authorizer.JWT == nil {
		return map[string]string{}
	}
	return gateway.Authorizer.JWT.Claims
}

// sameWord compares in a time that tells nothing of either word.
func sameWord(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// visit is what is known of one request beside the request itself.
type visit struct {
	network string
	problem string // slug of the refusal, for the log
}

type visitKey struct{}

func remember(ctx context.Context, p *problem.Problem) {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		v.problem = p.Slug()
	}
}

// Network returns the network that the request of ctx came from: the /24 of an
// IPv4 address, the /64 of an IPv6 address, since one household or office has at
// least that. It returns "unknown" when the address could not be read, so that
// such callers share one budget.
func Network(ctx context.Context) string {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v.network
	}
	return unknownNetwork
}

const unknownNetwork = "unknown"

func networkOf(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		withPort, err := netip.ParseAddrPort(address)
		if err != nil {
			return unknownNetwork
		}
		ip = withPort.Addr()
	}
	ip = ip.Unmap().WithZone("")
	bits := 64
	if ip.Is4() {
		bits = 24
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return unknownNetwork
	}
	return prefix.String()
}
