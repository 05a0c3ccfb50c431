using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using NetMQ;
using NetMQ.Sockets;
using SchedulerActivations.JupyterKernel;
using SchedulerActivations.JupyterKernel.Wire;

namespace SchedulerActivations.InteractiveKernel.Tests.Sockets;

/// <summary>The few things that only real sockets show.</summary>
public sealed class SocketTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly string _file = Path.GetTempFileName();
    private readonly ConnectionFile _connection;
    private readonly Signer _signer = new("secret");

    public SocketTests()
    {
        var ports = FreePorts(5);
        _connection = new("127.0.0.1", ports[0], ports[1], ports[2], ports[3], ports[4], "secret");
        File.WriteAllText(_file, JsonSerializer.Serialize(_connection, WireJson.Default.ConnectionFile));
    }

    [Fact]
    public async Task A_kernel_beats_answers_ignores_what_is_not_signed_and_ends()
    {
        var host = Task.Run(() => JupyterHost.RunAsync(_file));
        using var heart = new RequestSocket($">{_connection.Address(_connection.HbPort)}");
        heart.SendFrame("beat");
        Assert.True(heart.TryReceiveFrameString(s_patience, out var beat));
        Assert.Equal("beat", beat);

        using var shell = new DealerSocket($">{_connection.Address(_connection.ShellPort)}");
        Send(shell, "forged", "kernel_info_request", new Signer("guess"));
        Send(shell, "honest", "kernel_info_request", _signer);
        var reply = Receive(shell);
        Assert.Equal("honest", reply.Parent);
        Assert.Equal("kernel_info_reply", reply.Type);

        using var control = new DealerSocket($">{_connection.Address(_connection.ControlPort)}");
        Send(control, "end", "shutdown_request", _signer);
        Assert.Equal("shutdown_reply", Receive(control).Type);
        await host.WaitAsync(s_patience);
    }

    [Fact]
    public async Task The_heart_beats_while_a_cell_computes()
    {
        var host = Task.Run(() => JupyterHost.RunAsync(_file));
        using var outputs = new SubscriberSocket($">{_connection.Address(_connection.IopubPort)}");
        outputs.SubscribeToAnyTopic();
        using var shell = new DealerSocket($">{_connection.Address(_connection.ShellPort)}");
        Send(shell, "cell", "execute_request", _signer, """{"code":"while (true) { }"}""");
        // The kernel is busy from here on; whether this subscriber heard it say so is a race that Jupyter has too.
        using var heart = new RequestSocket($">{_connection.Address(_connection.HbPort)}");
        heart.SendFrame("beat");
        Assert.True(heart.TryReceiveFrameString(s_patience, out _));
        using var control = new DealerSocket($">{_connection.Address(_connection.ControlPort)}");
        Send(control, "stop", "interrupt_request", _signer);
        Assert.Equal("interrupt_reply", Receive(control).Type);
        Send(control, "end", "shutdown_request", _signer);
        Assert.Equal("shutdown_reply", Receive(control).Type);
        await host.WaitAsync(s_patience);
    }

    [Fact]
    public async Task A_front_end_that_connects_again_is_answered_although_its_old_connection_is_still_there()
    {
        var host = Task.Run(() => JupyterHost.RunAsync(_file));
        using var before = ConnectedAs("front end");
        Send(before, "before", "kernel_info_request", _signer);
        Assert.Equal("before", Receive(before).Parent);
        using var after = ConnectedAs("front end");
        Send(after, "after", "kernel_info_request", _signer);
        Assert.Equal("after", Receive(after).Parent);
        Send(after, "end", "shutdown_request", _signer);
        Assert.Equal("shutdown_reply", Receive(after).Type);
        await host.WaitAsync(s_patience);
    }

    [Theory]
    [InlineData("{", "is not a Jupyter connection file")]
    [InlineData("""{"ip":"127.0.0.1"}""", "is not a Jupyter connection file")]
    [InlineData("""{"ip":"127.0.0.1","shell_port":1,"iopub_port":2,"stdin_port":3,"control_port":4,"hb_port":5,"key":"k","signature_scheme":"md5"}""", "this kernel knows hmac-sha256")]
    [InlineData("""{"ip":"127.0.0.1","shell_port":1,"iopub_port":2,"stdin_port":3,"control_port":4,"hb_port":5,"transport":"udp"}""", "this kernel knows tcp.")]
    [InlineData("""{"ip":"kernel","shell_port":1,"iopub_port":2,"stdin_port":3,"control_port":4,"hb_port":5,"transport":"ipc"}""", "this kernel knows tcp.")]
    public void A_connection_file_that_cannot_be_used_says_why(string content, string reason)
    {
        File.WriteAllText(_file, content);
        var error = Assert.Throws<InvalidDataException>(() => ConnectionFile.Read(_file));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains(_file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_file_that_is_missing_says_so() =>
        Assert.Contains("cannot be read", Assert.Throws<InvalidDataException>(() => ConnectionFile.Read("/no/such/file")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("127.0.0.1", 0, "Address already in use")]
    [InlineData("192.0.2.1", 0, "Cannot assign requested address")]
    [InlineData("no.such.host.invalid", 0, "no.such.host.invalid")]
    [InlineData("127.0.0.1", 70000, ":70000 ")]
    public async Task An_address_that_cannot_be_listened_on_is_named_with_the_reason(string ip, int port, string reason)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        if (port == 0)
            port = ((IPEndPoint)taken.LocalEndpoint).Port;
        File.WriteAllText(_file, JsonSerializer.Serialize(_connection with { Ip = ip, HbPort = port }, WireJson.Default.ConnectionFile));
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => JupyterHost.RunAsync(_file).WaitAsync(s_patience));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be listened on", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_file);

    private DealerSocket ConnectedAs(string identity)
    {
        var shell = new DealerSocket();
        shell.Options.Identity = Encoding.ASCII.GetBytes(identity);
        shell.Connect(_connection.Address(_connection.ShellPort));
        return shell;
    }

    private static void Send(DealerSocket socket, string id, string type, Signer signer, string content = "{}")
    {
        byte[] header = JsonSerializer.SerializeToUtf8Bytes(new Header(id, type), WireJson.Default.Header), empty = "{}"u8.ToArray(), body = Encoding.UTF8.GetBytes(content);
        socket.SendMultipartBytes("<IDS|MSG>"u8.ToArray(), Encoding.ASCII.GetBytes(signer.Sign(header, empty, empty, body)), header, empty, empty, body);
    }

    private static (string Type, string Parent) Receive(DealerSocket socket)
    {
        List<byte[]>? frames = null;
        Assert.True(socket.TryReceiveMultipartBytes(s_patience, ref frames!));
        return (JsonSerializer.Deserialize(frames[2], WireJson.Default.Header)!.MsgType, JsonSerializer.Deserialize(frames[3], WireJson.Default.Header)!.MsgId);
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        listeners.ForEach(listener => listener.Stop());
        return ports;
    }
}
