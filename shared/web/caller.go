package web

import (
	"context"
	"net/netip"
	"net/url"
	"strings"
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

type networkKey struct{}

// Network returns the network that the request of ctx came from: the /24 of an
// IPv4 address, the /64 of an IPv6 address, since one household or office has at
// least that. It returns "unknown" when the address could not be read, so that
// such callers share one budget.
func Network(ctx context.Context) string {
	if network, ok := ctx.Value(networkKey{}).(string); ok {
		return network
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
