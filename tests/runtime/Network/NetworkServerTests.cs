using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Network;
using SchedulerActivations.Machines;
using SchedulerActivations.Machines.Peers;
using SchedulerActivations.Machines.Simulated;
using SchedulerActivations.Machines.Stock;

namespace SchedulerActivations.Tests.Network;

/// <summary>A request/reply server on every machine: what its clients see, and that no request is lost from the account.</summary>
[Collection("worker")]
public sealed class NetworkServerTests
{
    private static readonly ComponentCatalog Components = new();

    public static TheoryData<Machine, TransportProtocol> Everywhere => new()
    {
        { new SimulatedMachine(), TransportProtocol.Tcp },
        { new SimulatedMachine { Model = KernelModel.KernelThreads }, TransportProtocol.Tcp },
        { new StockMachine(), TransportProtocol.Tcp },
        { new StockMachine(), TransportProtocol.Udp },
        { new KernelThreadsMachine(), TransportProtocol.Tcp },
        { new KernelThreadsMachine(), TransportProtocol.Udp },
        { new ThreadPoolMachine(), TransportProtocol.Tcp },
        { new ThreadPoolMachine(), TransportProtocol.Udp },
    };

    public static TheoryData<Machine> Real => [new StockMachine(), new KernelThreadsMachine(), new ThreadPoolMachine()];

    private static NetworkServer Small(TransportProtocol protocol = TransportProtocol.Tcp) =>
        new() { Protocol = protocol, Connections = 4, ComputingThreads = 2, RequestsPerSecond = 400 };

    private static Experiment Of(Workload server, Machine machine, ulong seed = 1) => new()
    {
        Policy = Components.Describe(new RoundRobin()),
        Workload = Components.Describe(server),
        Machine = machine,
        Duration = TimeSpan.FromSeconds(1),
        Seed = seed,
        Tracing = false,
    };

    private static Task<ExperimentResult> RunAsync(Workload server, Machine machine, ulong seed = 1) => ExperimentRunner.RunAsync(Of(server, machine, seed));

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Requests_are_answered_and_each_is_counted_once(Machine machine, TransportProtocol protocol)
    {
        // A computer with much else to do may answer nothing within a second.
        var experiment = Of(Small(protocol), machine);
        var result = await ExperimentRunner.RunAsync(experiment);
        for (var seconds = 4; result.Network!.Answered == 0 && seconds <= 64; seconds *= 4)
            result = await ExperimentRunner.RunAsync(experiment with { Duration = TimeSpan.FromSeconds(seconds) });
        var network = result.Network;
        Assert.True(network.Answered > 0, $"{network}");
        Assert.Equal(result.Ports.Sum(port => port.Due), network.Offered);
        Assert.Equal(network.Offered, network.Latency.Count);
        Assert.True(network.Latency.P50 > TimeSpan.FromMicroseconds(100), "A reply cannot come sooner than its request's work is done.");
        Assert.DoesNotContain(result.Notes, note => note.Contains("no request", StringComparison.Ordinal));
        // A reply is sent by a thread that has received the request.
        Assert.True(result.Ports.Sum(port => port.Handled) >= network.Answered);
        Assert.True(result.Threads.Where(thread => thread.Name.StartsWith("compute", StringComparison.Ordinal)).Sum(thread => thread.Work.TotalMilliseconds) > 0);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_requests_on_all_machines_and_another_seed_others()
    {
        var offered = new List<long>();
        foreach (var machine in new Machine[] { new SimulatedMachine(), new StockMachine(), new KernelThreadsMachine(), new ThreadPoolMachine() })
            offered.Add((await RunAsync(Small(), machine)).Network!.Offered);
        Assert.Single(offered.Distinct());
        var first = await RunAsync(Small(), new SimulatedMachine());
        Assert.Equal(first.Network!.Latency.Mean, (await RunAsync(Small(), new SimulatedMachine())).Network!.Latency.Mean);
        Assert.NotEqual(first.Network.Latency.Mean, (await RunAsync(Small(), new SimulatedMachine(), seed: 2)).Network!.Latency.Mean);
    }

    [Theory]
    [MemberData(nameof(Real))]
    [MemberData(nameof(SimulatedOnly))]
    public async Task Beyond_saturation_what_is_not_answered_is_late_and_counts_with_the_time_it_has_waited(Machine machine)
    {
        // Each second brings four seconds of work.
        var result = await RunAsync(new NetworkServer { Connections = 4, ComputingThreads = 0, RequestsPerSecond = 4000, WorkPerRequest = TimeSpan.FromMilliseconds(1) }, machine);
        var network = result.Network!;
        Assert.True(network.Late > network.Offered / 3, $"{network}");
        Assert.Equal(network.Offered, network.Latency.Count);
        Assert.True(network.Latency.Max > TimeSpan.FromMilliseconds(200), $"{network.Latency.Max}");
    }

    public static TheoryData<Machine> SimulatedOnly => [new SimulatedMachine()];

    [Theory]
    [MemberData(nameof(Real))]
    public async Task Datagrams_that_do_not_fit_the_buffer_are_counted_as_dropped(Machine machine)
    {
        // A receive buffer holds some hundred small datagrams, and the only thread is busy for the whole run.
        var result = await RunAsync(new NetworkServer { Protocol = TransportProtocol.Udp, Connections = 1, ComputingThreads = 0, RequestsPerSecond = 20_000, WorkPerRequest = TimeSpan.FromSeconds(1) }, machine);
        var network = result.Network!;
        Assert.True(network.Dropped > 1000, $"{network}");
        Assert.Equal(result.Ports.Sum(port => port.Due), network.Offered);
    }

    [Theory]
    [InlineData(TransportProtocol.Tcp)]
    [InlineData(TransportProtocol.Udp)]
    public async Task Clients_that_cannot_keep_up_begin_in_time_and_read_their_replies(TransportProtocol protocol)
    {
        var result = await RunAsync(new NetworkServer { Protocol = protocol, Connections = 2, ComputingThreads = 0, RequestsPerSecond = 1_500_000, WorkPerRequest = TimeSpan.Zero }, new StockMachine());
        Assert.True(result.Network!.Answered > 3000, $"{result.Network}");
    }

    [Fact]
    public async Task A_connection_that_nobody_reads_any_more_holds_up_neither_the_others_nor_the_end()
    {
        var result = await RunAsync(new OneFallsSilent(), new StockMachine());
        Assert.True(result.Network!.Dropped > 1000, $"{result.Network}");
        Assert.True(result.Ports[1].Handled > 40, $"{result.Ports[1]}");
    }

    [Theory]
    [InlineData(TransportProtocol.Tcp)]
    [InlineData(TransportProtocol.Udp)]
    public async Task A_server_that_always_finds_a_request_lets_the_others_run_and_can_be_cancelled(TransportProtocol protocol)
    {
        var result = await RunAsync(new AlwaysBusy { Protocol = protocol }, new StockMachine());
        Assert.True(result.Network!.Answered > 0, $"{result.Network}");
        Assert.Equal([("serves", UserThreadState.Finished), ("cancels", UserThreadState.Finished)], result.Threads.Select(thread => (thread.Name, thread.State)));
        Assert.True(result.Elapsed < TimeSpan.FromSeconds(0.9), $"{result.Elapsed}");
    }

    [Fact]
    public async Task The_stock_machine_needs_no_thread_of_the_policys_to_wait_in_the_kernel()
    {
        // Sixteen threads blocked in recv and one that computes: it gets the processor.
        var result = await RunAsync(new NetworkServer { ComputingThreads = 1, RequestsPerSecond = 50 }, new StockMachine());
        Assert.True(result.Counters["upcalls block"] >= 16, string.Join(", ", result.Counters));
        Assert.True(result.Threads[^1].Work > TimeSpan.Zero, $"{result.Threads[^1].Work}");
    }

    [Theory]
    [MemberData(nameof(Real))]
    public async Task A_port_in_use_is_named_with_what_to_do(Machine machine)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var server = Small();
        server.Port = port;
        var error = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(server, machine));
        Assert.Contains($"Port {port}", error.Message, StringComparison.Ordinal);
        Assert.Contains("0 for any that is free", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(NetworkServer.Connections), 0, "between 1 and 2000 connections")]
    [InlineData(nameof(NetworkServer.Connections), 100_000, "between 1 and 2000 connections")]
    [InlineData(nameof(NetworkServer.RequestsPerSecond), -5.0, "positive number of requests")]
    [InlineData(nameof(NetworkServer.RequestsPerSecond), 0.0, "positive number of requests")]
    [InlineData(nameof(NetworkServer.RequestsPerSecond), double.NaN, "positive number of requests")]
    [InlineData(nameof(NetworkServer.ComputingThreads), -1, "cannot be negative")]
    [InlineData(nameof(NetworkServer.RequestBytes), 2, "between 4 bytes")]
    [InlineData(nameof(NetworkServer.Port), 70_000, "at most 65535")]
    public async Task A_setting_out_of_its_range_says_what_is_allowed(string setting, object value, string message)
    {
        var server = new NetworkServer();
        typeof(NetworkServer).GetProperty(setting)!.SetValue(server, value);
        foreach (var machine in new Machine[] { new SimulatedMachine(), new StockMachine() })
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(server, machine));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_peer_refuses_a_workload_of_user_threads()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(new ComputeAndIo(), new KernelThreadsMachine()));
        Assert.Contains("NetworkServer only", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Real))]
    public async Task A_run_reports_progress_and_can_be_cancelled(Machine machine)
    {
        using var cancellation = new CancellationTokenSource();
        var progress = new CancelAtFirst(cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            ExperimentRunner.RunAsync(Of(Small(), machine) with { Duration = TimeSpan.FromMinutes(10) }, progress, cancellation.Token));
        Assert.True(progress.Seen > 0);
    }

    [Fact]
    public async Task A_result_keeps_what_the_clients_saw()
    {
        var result = await RunAsync(Small(), new SimulatedMachine());
        var read = ExperimentResult.FromJson(result.ToJson());
        Assert.Equal(result.Network!.Answered, read.Network!.Answered);
        Assert.Equal(result.Network.Latency.P99, read.Network.Latency.P99);
    }

    /// <summary>Two connections, of which one has its first request answered only.</summary>
    public sealed class OneFallsSilent : Workload
    {
        protected internal override void Define(WorkloadDefinition w)
        {
            ArgumentNullException.ThrowIfNull(w);
            var silent = w.Connection("silent", TransportProtocol.Tcp, Traffic.Periodic(TimeSpan.FromMilliseconds(0.25)), requestBytes: 60_000);
            var served = w.Connection("served", TransportProtocol.Tcp, Traffic.Periodic(TimeSpan.FromMilliseconds(5)));
            w.Thread("silent", async t => silent.Reply(t, (await silent.Receive(t))!.Value));
            w.Thread("served", async t =>
            {
                while (await served.Receive(t) is { } request) served.Reply(t, request);
            });
        }
    }

    /// <summary>More requests than anybody can answer, and a thread that cancels the one that answers them.</summary>
    public sealed class AlwaysBusy : Workload
    {
        public TransportProtocol Protocol { get; set; }

        protected internal override void Define(WorkloadDefinition w)
        {
            ArgumentNullException.ThrowIfNull(w);
            var connection = w.Connection("busy", Protocol, Traffic.Poisson(20_000));
            UserThread? serving = null;
            w.Thread("serves", async t =>
            {
                serving = t.Thread;
                while (await connection.Receive(t) is { } request)
                {
                    var start = Stopwatch.GetTimestamp();
                    while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMicroseconds(100)) Thread.SpinWait(10);
                    connection.Reply(t, request);
                }
            });
            w.Thread("cancels", async t =>
            {
                await t.Sleep(TimeSpan.FromMilliseconds(300));
                t.Cancel(serving!);
            });
        }
    }

    private sealed class CancelAtFirst(CancellationTokenSource cancellation) : IProgress<RunProgress>
    {
        public int Seen { get; private set; }

        public void Report(RunProgress value)
        {
            Seen++;
            cancellation.Cancel();
        }
    }
}
