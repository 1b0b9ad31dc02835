#pragma once

#include <vector>

#include "camera.hpp"
#include "mesh.hpp"
#include "models.hpp"
#include "scene.hpp"

namespace oneadapt::render {

/// What the ground is covered with.
enum class Ground { tarmac, kerb, pavement, lawn };

/// The plan of the town: one straight main road along +z and side streets across it. Metres.
struct Town {
    static constexpr float lane_width = 3.3F;
    static constexpr float parking_width = 2.3F;
    static constexpr float pavement_width = 4.2F;
    static constexpr float block = 84;  ///< from side street to side street
    static constexpr float side_street_half = 4.5F;
    static constexpr float lamp_spacing = 28;

    /// A stretch of the road with walls and a roof.
    struct Tunnel {
        float from = 0;
        float to = 0;
    };
    static constexpr float tunnel_height = 5.6F;

    int lanes = 2;
    std::vector<Tunnel> tunnels;

    /// The share of daylight that a tunnel keeps from a place along the road: 0 under the sky,
    /// rising from the mouths inwards.
    [[nodiscard]] float cover(float z) const;

    /// Whether something of the street at `z` would stand in a tunnel or in its mouth.
    [[nodiscard]] bool roofed(float z) const;

    /// Half the width of the tarmac, parking places included.
    [[nodiscard]] float road_half() const {
        return static_cast<float>(lanes) * lane_width + parking_width;
    }

    /// The z of the side street nearest to `z`.
    [[nodiscard]] static float nearest_junction(float z) {
        return (static_cast<float>(floor_to_int(z / block)) + 0.5F) * block;
    }

    /// What covers the ground at a place in the world.
    [[nodiscard]] Ground ground_at(Vec3 place) const {
        constexpr float kerb_width = 0.22F;
        const float aside = std::abs(place.x) - road_half();
        const float from_junction = std::abs(place.z - nearest_junction(place.z));
        if (aside < 0 || from_junction < side_street_half) return Ground::tarmac;
        if (aside < kerb_width) return Ground::kerb;
        return aside < pavement_width ? Ground::pavement : Ground::lawn;
    }
};

/// Light and weather at one moment.
struct Conditions {
    float light = 1;    ///< 1 bright day, 0 night
    float exposed = 1;  ///< the light that the camera is set for: another one in tunnels
    float rain = 0;     ///< 0 dry, 1 downpour
    float noise = 0;    ///< standard deviation of the sensor's noise at full light
    Vec3 to_sun;        ///< unit vector
    bool headlights = false;
};

/// The world that a scene describes, at any time: what every camera and sensor looks at.
class World {
  public:
    explicit World(const Scene& scene);

    [[nodiscard]] const Scene& scene() const { return scene_; }
    [[nodiscard]] const Town& town() const { return town_; }

    /// The camera at a time in seconds.
    [[nodiscard]] Camera camera_at(float seconds) const;

    /// Vehicles and persons near the camera at a time in seconds.
    [[nodiscard]] std::vector<Actor> actors_at(float seconds) const;

    [[nodiscard]] Conditions conditions_at(float seconds) const;

    /// All surfaces near the camera at a time in seconds: the actors given, houses, trees, ground.
    [[nodiscard]] Mesh geometry_at(float seconds, const std::vector<Actor>& actors) const;

  private:
    /// How the distance that a mover has covered follows from time.
    enum class Pace { steady, traffic, escort };

    struct Mover {
        Actor actor;
        Vec3 origin;
        Vec3 direction;
        Pace pace = Pace::steady;
        float speed = 0;  ///< m/s; with Pace::traffic a factor on the traffic's speed
        float start = 0;
        float end = 0;
    };

    struct Span {
        float low = 0;
        float high = 0;
    };

    struct Chunk {
        float z = 0;
        Mesh mesh;
    };

    void add_traffic(std::uint32_t lane_key, float x, float direction, Pace pace, float speed);
    void add_lanes();
    void add_parked();
    void add_walkers();
    void add_crossings();
    void add_event(const Event& event);
    void add_mover(Mover mover, ObjectClass kind, std::uint32_t looks);
    void add_if_wanted(const Mover& mover, const Curve& share, std::uint32_t key, ObjectClass kind);
    void build_block(float junction);
    void build_tunnel(const Town::Tunnel& tunnel);
    void build_plots(Mesh& mesh, float side, float from, float to, std::uint32_t key) const;
    void build_pavement(Mesh& mesh, float side, float from, float to, std::uint32_t key) const;

    [[nodiscard]] float camera_z(float seconds) const;
    [[nodiscard]] float focus_z(float seconds) const;
    [[nodiscard]] Vec3 position_of(const Mover& mover, float seconds) const;
    [[nodiscard]] float time_in_focus(const Mover& mover) const;
    [[nodiscard]] Span origins_in_view(const Mover& mover) const;

    Scene scene_;
    Town town_;
    std::vector<Mover> movers_;
    std::vector<Chunk> chunks_;
};

}  // namespace oneadapt::render
