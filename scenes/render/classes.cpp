#include "classes.hpp"

namespace oneadapt::render {

namespace {

PixelClass class_of(ObjectClass object) {
    switch (object) {
        case ObjectClass::person:
            return PixelClass::person;
        case ObjectClass::car:
        case ObjectClass::truck:
        case ObjectClass::bus:
            return PixelClass::vehicle;
        case ObjectClass::building:
            return PixelClass::building;
        case ObjectClass::vegetation:
            return PixelClass::vegetation;
        case ObjectClass::ground:
            return PixelClass::road;
        case ObjectClass::sky:
            return PixelClass::sky;
        case ObjectClass::pole:
            break;
    }
    return PixelClass::other;
}

}  // namespace

cv::Mat class_image(const World& world, const View& view) {
    cv::Mat image(view.camera.height, view.camera.width, CV_8U);
    for (int row = 0; row < image.rows; ++row) {
        for (int x = 0; x < image.cols; ++x) {
            const Triangle* seen = view.at(view.pixel(row, x));
            PixelClass value = class_of(seen == nullptr ? ObjectClass::sky : seen->object);
            if (value == PixelClass::road &&
                world.town().ground_at(view.place(row, x)) == Ground::lawn) {
                value = PixelClass::vegetation;
            }
            image.at<std::uint8_t>(row, x) = static_cast<std::uint8_t>(value);
        }
    }
    return image;
}

}  // namespace oneadapt::render
