using System.Reflection;
using NetArchTest.Rules;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Architecture.Tests;

/// <summary>Inside the runtime: the layers of the paper's figure 4 know only what stands below them.</summary>
public sealed class LayerTests
{
    private const string Simulated = "SchedulerActivations.Machines.Simulated", Stock = "SchedulerActivations.Machines.Stock", Patched = "SchedulerActivations.Machines.Patched",
        Linux = "SchedulerActivations.Machines.Linux", Workers = "SchedulerActivations.Experiments.Workers", Network = "SchedulerActivations.Experiments.Network",
        Exploration = "SchedulerActivations.Exploration";

    private static readonly Assembly Runtime = typeof(SchedulingPolicy).Assembly;

    [Theory]
    [InlineData("SchedulerActivations.CoreThreads", Simulated, Stock, Patched, Linux, Workers, Exploration)]
    [InlineData("SchedulerActivations.Upcalls", Simulated, Stock, Patched, Linux, Workers, Exploration)]
    [InlineData("SchedulerActivations.Specialization", Simulated, Stock, Patched, Linux, "SchedulerActivations.Experiments", "SchedulerActivations.Upcalls", Exploration)]
    [InlineData(Simulated, Stock, Patched, Linux, Workers, Exploration)]
    [InlineData(Stock, Simulated, Patched, Workers, Exploration)]
    [InlineData(Patched, Simulated, Stock, Workers, Exploration)]
    [InlineData(Linux, Simulated, Stock, Patched, Workers, Exploration)]
    public void A_layer_knows_only_what_stands_below_it(string layer, params string[] above)
    {
        Assert.NotEmpty(Types.InAssembly(Runtime).That().ResideInNamespaceStartingWith(layer).GetTypes());
        AssertIgnorance(Types.InAssembly(Runtime).That().ResideInNamespaceStartingWith(layer).ShouldNot().HaveDependencyOnAny(above));
    }

    [Fact]
    public void Only_the_conversation_with_workers_knows_its_protocol() => AssertIgnorance(
        Types.InAssembly(Runtime).That().DoNotResideInNamespaceStartingWith(Workers).ShouldNot().HaveDependencyOn("StreamJsonRpc"));

    [Fact]
    public void Only_machines_on_Linux_and_the_network_call_the_kernel()
    {
        const BindingFlags all = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var callers = Runtime.GetTypes().Where(type => type.GetMethods(all).Any(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))).Select(type => type.Namespace!).Distinct().ToList();
        Assert.Contains(Linux, callers);
        Assert.All(callers, caller => Assert.Contains(new[] { Stock, Patched, Linux, Network }, allowed => caller == allowed || caller.StartsWith(allowed + '.', StringComparison.Ordinal)));
    }

    [Fact]
    public void A_policy_never_learns_which_machine_it_is_on()
    {
        var seen = new[] { typeof(SchedulingPolicy), typeof(UserThread), typeof(VirtualProcessor), typeof(ThreadQueue), typeof(OrderedThreadQueue<>) }
            .SelectMany(type => type.GetMembers(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(IsVisible)
            .SelectMany(TypesOf)
            .Where(type => type.Namespace?.StartsWith("SchedulerActivations.Machines", StringComparison.Ordinal) == true);
        Assert.Empty(seen);
    }

    [Fact]
    public void Policies_know_threads_and_their_own_layer_and_nothing_else() => AssertIgnorance(
        Types.InAssembly(Assembly.Load("SchedulerActivations.Policies")).ShouldNot().HaveDependencyOnAny(
            "SchedulerActivations.Machines", "SchedulerActivations.Experiments", "SchedulerActivations.Upcalls", "System.Threading.Thread", "System.IO", "System.Diagnostics.Process", "System.Diagnostics.Stopwatch"));

    [Fact]
    public void Callbacks_stand_in_the_same_order_in_all_policies()
    {
        string[] order = ["OnReady", "FindNextToRun", "ShouldPreempt", "Quantum", "OnRan", "OnCreated", "OnBlocked", "OnPriorityChanged", "OnFinished"];
        Assert.All(Assembly.Load("SchedulerActivations.Policies").GetExportedTypes().Where(typeof(SchedulingPolicy).IsAssignableFrom), policy =>
        {
            var there = policy.GetMethods(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).OrderBy(method => method.MetadataToken).Select(method => method.Name).Where(order.Contains).ToList();
            Assert.Equal(order.Where(there.Contains), there);
        });
    }

    private static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        _ => false,
    };

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        MethodInfo method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType),
        MethodBase constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType),
        PropertyInfo property => [property.PropertyType],
        FieldInfo field => [field.FieldType],
        _ => [],
    };

    private static void AssertIgnorance(ConditionList rule)
    {
        var result = rule.GetResult();
        Assert.True(result.IsSuccessful, $"These know too much: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }
}
