// Command policy-gate is the last CNI plugin of the local cluster's chain (test equipment).
// It tells the network-policy enforcer the address of a new pod and waits until the rules for it
// are in the kernel, so that no container of the pod starts before them. When the enforcer does
// not answer, the pod is not started.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/containernetworking/cni/pkg/skel"
	"github.com/containernetworking/cni/pkg/types"
	current "github.com/containernetworking/cni/pkg/types/100"
	"github.com/containernetworking/cni/pkg/version"
)

type config struct {
	types.NetConf
	Socket string `json:"socket"`
}

type podArgs struct {
	types.CommonArgs
	K8S_POD_NAMESPACE types.UnmarshallableString
	K8S_POD_NAME      types.UnmarshallableString
	K8S_POD_UID       types.UnmarshallableString
}

type podAddress struct {
	Namespace string   `json:"namespace"`
	Name      string   `json:"name"`
	UID       string   `json:"uid"`
	Addresses []string `json:"addresses"`
}

func parse(args *skel.CmdArgs) (*config, *current.Result, error) {
	conf := &config{}
	if err := json.Unmarshal(args.StdinData, conf); err != nil {
		return nil, nil, fmt.Errorf("read configuration: %w", err)
	}
	if conf.RawPrevResult == nil {
		return conf, nil, nil
	}
	if err := version.ParsePrevResult(&conf.NetConf); err != nil {
		return nil, nil, fmt.Errorf("read previous result: %w", err)
	}
	result, err := current.NewResultFromResult(conf.PrevResult)
	return conf, result, err
}

func add(args *skel.CmdArgs) error {
	conf, result, err := parse(args)
	if err != nil {
		return err
	}
	if result == nil {
		return errors.New("policy-gate must come after a plugin that assigns an address")
	}
	pod := podArgs{}
	if err := types.LoadArgs(args.Args, &pod); err != nil {
		return fmt.Errorf("read pod name: %w", err)
	}
	message := podAddress{
		Namespace: string(pod.K8S_POD_NAMESPACE), Name: string(pod.K8S_POD_NAME), UID: string(pod.K8S_POD_UID),
	}
	for _, ip := range result.IPs {
		message.Addresses = append(message.Addresses, ip.Address.IP.String())
	}
	if err := announce(conf.Socket, message); err != nil {
		return fmt.Errorf("network-policy enforcer: %w", err)
	}
	return types.PrintResult(conf.PrevResult, conf.CNIVersion)
}

func announce(socket string, message podAddress) error {
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	client := http.Client{
		Timeout: 15 * time.Second,
		Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", socket)
		}},
	}
	response, err := client.Post("http://enforcer/pods", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		reason, _ := io.ReadAll(io.LimitReader(response.Body, 1024))
		return fmt.Errorf("%s: %s", response.Status, reason)
	}
	return nil
}

// The enforcer forgets an address when the pod ends, so there is nothing to take back.
func nothing(*skel.CmdArgs) error { return nil }

func main() {
	skel.PluginMainFuncs(skel.CNIFuncs{Add: add, Del: nothing, Check: nothing}, version.All, "collabnet policy-gate")
}
