#include "view.hpp"

namespace oneadapt::render {

View look(const World& world, int index) {
    View view;
    view.index = index;
    view.seconds = static_cast<float>(index) / world.scene().fps;
    view.conditions = world.conditions_at(view.seconds);
    view.camera = world.camera_at(view.seconds);
    view.actors = world.actors_at(view.seconds);
    view.mesh = world.geometry_at(view.seconds, view.actors);
    view.visible = rasterise(view.mesh, view.camera);
    return view;
}

}  // namespace oneadapt::render
